#compdef aios-bench
# SPDX-License-Identifier: GPL-2.0-only
# zsh completion of aios-bench. Verbs and options come from --help, so that they cannot differ
# from it; names of workloads and schedulers come from its list.

# _aios_bench_names workload|schedulers: what can stand in such a list
_aios_bench_names()
{
	local line part=workload
	local -a names

	[[ $1 == schedulers ]] && names=(all production none)
	for line in "${(f)$($program list 2>/dev/null)}"; do
		[[ $line == Schedulers:* ]] && part=schedulers
		[[ $part == $1 && $line =~ '^  ([^ ]+) ' ]] && names+=($match[1])
	done
	print -r -- $names
}

# _aios_bench_read [VERB]: reads --help into the caller's specs, for _arguments, and verbs.
_aios_bench_read()
{
	local help="$($program $1 --help 2>/dev/null)" line name action prefix
	local -a names
	local -A actions

	actions=(FILE _files WHEN '(auto always never)')
	for line in ${(f)help}; do
		if [[ $line =~ '^ +((-[a-zA-Z]), )?(--[a-z-]+)( ([A-Z]+))?( +(.*))?$' ]]; then
			names=(${match[2]} ${match[3]})
			action=${match[5]:+:${match[5]}:${actions[${match[5]}]:- }}
			[[ ${match[5]} == LIST ]] &&
				action=":LIST:_values -s , list $(_aios_bench_names ${match[3]#--})"
			# all but --metric once
			prefix="($names)"
			[[ ${match[3]} == --metric ]] && prefix='*'
			for name in $names; do
				specs+=("$prefix$name${${match[5]:+${${name:#-?}:+=}}}[${match[7]%% \(*}]$action")
			done
		elif [[ $line =~ '^  ([a-z]+) +(.*)$' ]]; then
			verbs+=("${match[1]}:${match[2]}")
		fi
	done
}

_aios_bench()
{
	local curcontext=$curcontext program=$words[1] state
	local -a specs verbs

	_aios_bench_read
	_arguments -C -S : $specs '1:verb:->verb' '*::argument:->argument'
	case $state in
	verb)
		_describe verb verbs
		;;
	argument)
		specs=()
		_aios_bench_read $words[1]
		case $words[1] in
		report | compare) specs+=('*:file:_files -g "*.json"') ;;
		run) specs+=('(-)1:command:_command_names -e' '*::argument:_normal') ;;
		esac
		_arguments -S : $specs
		;;
	esac
}

_aios_bench "$@"
