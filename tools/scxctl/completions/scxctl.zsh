#compdef scxctl
# SPDX-License-Identifier: GPL-2.0-only
# zsh completion of scxctl. Verbs, options and modes come from --help, so that they cannot
# differ from it; what an option takes is told by the name its value has there.

# _scxctl_read [VERB]: reads --help into the caller's specs, for _arguments, and verbs.
_scxctl_read()
{
	local help="$($program $1 --help 2>/dev/null)" line name action modes=
	local -a names
	local -A actions

	[[ ${(j: :)${=help}} =~ 'one of ([a-z, ]+)\)' ]] && modes=${match[1]//,/}
	actions=(NAME "(${${${(f)"$($program list 2>/dev/null)"}#*\[}//[\]\",]/})"
		MODE "($modes)" DIR '_files -/')
	for line in ${(f)help}; do
		if [[ $line =~ '^ +((-[a-zA-Z]), )?(--[a-z-]+)( ([A-Z]+))?( +(.*))?$' ]]; then
			names=(${match[2]} ${match[3]})
			action=${match[5]:+:${match[5]}:${actions[${match[5]}]:- }}
			for name in $names; do
				specs+=("($names)$name${${match[5]:+${${name:#-?}:+=}}}[${match[7]%% \(*}]$action")
			done
		elif [[ $line =~ '^  ([a-z]+) +(.*)$' ]]; then
			verbs+=("${match[1]}:${match[2]}")
		fi
	done
}

_scxctl()
{
	local curcontext=$curcontext program=$words[1] state
	local -a specs verbs

	_scxctl_read
	_arguments -C -S : $specs '1:verb:->verb' '*::argument:->argument'
	case $state in
	verb)
		_describe verb verbs
		;;
	argument)
		specs=()
		_scxctl_read $words[1]
		case $words[1] in
		check) specs+=('1:file:_files -g "*.toml"') ;;
		run) specs+=('(-)1:command:_command_names -e' '*::argument:_normal') ;;
		esac
		_arguments -S : $specs
		;;
	esac
}

_scxctl "$@"
