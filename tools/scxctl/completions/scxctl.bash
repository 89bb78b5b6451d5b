# SPDX-License-Identifier: GPL-2.0-only
# bash completion of scxctl. Verbs, options and modes come from --help, so that they cannot
# differ from it; what an option takes is told by the name its value has there.

# Prints the verb, if there is one in front of the cursor.
_scxctl_verb()
{
	local i

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == --root ]]; then
			((i++))
			[[ ${COMP_WORDS[i]} != = ]] || ((i++))
		elif [[ ${COMP_WORDS[i]} != -* ]]; then
			printf '%s' "${COMP_WORDS[i]}"
			return
		fi
	done
}

# _scxctl_read PREVIOUS: reads --help from stdin into options, verbs, modes, and metavar of the
# option PREVIOUS; all are variables of the caller.
_scxctl_read()
{
	local option='^ +((-[a-zA-Z]), )?(--[a-z-]+)( ([A-Z]+))?( |$)' verb='^  ([a-z]+) '
	local one_of='one of ([a-z, ]+)\)' line
	local -a words text=()

	while IFS= read -r line; do
		if [[ $line =~ $option ]]; then
			options+=" ${BASH_REMATCH[2]} ${BASH_REMATCH[3]}"
			if [[ $1 == "${BASH_REMATCH[2]}" || $1 == "${BASH_REMATCH[3]}" ]]; then
				metavar=${BASH_REMATCH[5]}
			fi
		elif [[ $line =~ $verb ]]; then
			verbs+=" ${BASH_REMATCH[1]}"
		fi
		read -ra words <<<"$line"
		text+=("${words[@]}")
	done
	[[ ! ${text[*]} =~ $one_of ]] || modes=${BASH_REMATCH[1]//,/}
}

_scxctl()
{
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} verb options='' verbs='' modes='' metavar=''
	local -a what

	# --mode=gaming is three words
	if [[ $word == = ]]; then
		word=''
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	verb=$(_scxctl_verb)
	_scxctl_read "$previous" < <("$program" ${verb:+"$verb"} --help 2>/dev/null)
	case $metavar in
	NAME) what=(-W "$("$program" list 2>/dev/null | sed 's/.*\[//; s/[]",]//g')") ;;
	MODE) what=(-W "$modes") ;;
	DIR) what=(-d) ;;
	?*) return ;;
	'')
		if [[ $word == -* && $previous != -- ]]; then
			what=(-W "$options")
		elif [[ ! $verb ]]; then
			what=(-W "$verbs")
		elif [[ $verb == check ]]; then
			what=(-f)
		elif [[ $verb == run && ($previous == run || $previous == --) ]]; then
			what=(-c)
		else
			return
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen "${what[@]}" -- "$word")
}
complete -o default -F _scxctl scxctl
