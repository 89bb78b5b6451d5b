# SPDX-License-Identifier: GPL-2.0-only
# bash completion of aios-bench. Verbs and options come from --help, so that they cannot differ
# from it; names of workloads and schedulers come from its list.

# Prints the verb, if there is one in front of the cursor.
_aios_bench_verb()
{
	local i

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* ]]; then
			printf '%s' "${COMP_WORDS[i]}"
			return
		fi
	done
}

# _aios_bench_read PREVIOUS: reads --help from stdin into options, verbs, and for the option
# PREVIOUS its name and metavar; all are variables of the caller.
_aios_bench_read()
{
	local option='^ +((-[a-zA-Z]), )?(--[a-z-]+)( ([A-Z]+))?( |$)' verb='^  ([a-z]+) ' line

	while IFS= read -r line; do
		if [[ $line =~ $option ]]; then
			options+=" ${BASH_REMATCH[2]} ${BASH_REMATCH[3]}"
			if [[ $1 == "${BASH_REMATCH[2]}" || $1 == "${BASH_REMATCH[3]}" ]]; then
				name=${BASH_REMATCH[3]} metavar=${BASH_REMATCH[5]}
			fi
		elif [[ $line =~ $verb ]]; then
			verbs+=" ${BASH_REMATCH[1]}"
		fi
	done
}

# _aios_bench_names PROGRAM workload|schedulers: what can stand in such a list
_aios_bench_names()
{
	if [[ $2 == schedulers ]]; then
		printf 'all\nproduction\nnone\n'
		"$1" list 2>/dev/null | sed -n '/^Schedulers:/,$s/^  \([^ ]*\) .*/\1/p'
	else
		"$1" list 2>/dev/null | sed -n '/^Schedulers:/q; s/^  \([^ ]*\) .*/\1/p'
	fi
}

_aios_bench()
{
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=''
	local previous=${COMP_WORDS[COMP_CWORD - 1]} verb options='' verbs='' name='' metavar=''
	local -a what

	# --output=FILE is three words
	if [[ $word == = ]]; then
		word=''
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	verb=$(_aios_bench_verb)
	_aios_bench_read "$previous" < <("$program" ${verb:+"$verb"} --help 2>/dev/null)
	case $metavar in
	LIST)
		# the last item of the list
		[[ $word != *,* ]] || before=${word%,*},
		what=(-P "$before" -W "$(_aios_bench_names "$program" "${name#--}")")
		word=${word##*,}
		;;
	WHEN) what=(-W 'auto always never') ;;
	FILE) what=(-f) ;;
	?*) return ;;
	'')
		if [[ $word == -* && $previous != -- ]]; then
			what=(-W "$options")
		elif [[ ! $verb ]]; then
			what=(-W "$verbs")
		elif [[ $verb == report || $verb == compare ]]; then
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
complete -o default -F _aios_bench aios-bench
