# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # variables of the test
#
# What the tests of completions share: whether a completion, run by its shell, offers what the help
# of every verb names. A test has the program in PATH and sets
#
#	tool                              its name, as it is called
#	bash_completion, zsh_completion   the files
#	dir                               a scratch directory
#	failed=0
#
# and ends with `check_completions MIN_VERBS`, which calls, if there are such shells, check_bash and
# check_zsh, the test's own. What is wrong is printed, and the exit status says so.

# equal WHERE EXPECTED ACTUAL
equal()
{
	[ "$2" = "$3" ] && return
	echo "$1: '$3' instead of '$2'" >&2
	failed=1
}

sorted()
{
	tr -s ' \n' '\n' | sed '/^$/d' | sort | tr '\n' ' ' | sed 's/ $//'
}

help_options()
{
	"$tool" "$@" --help |
		sed -nE 's/^ +(-[a-zA-Z]), (--[a-z-]+).*/\1 \2/p; s/^ +(--[a-z-]+).*/\1/p' | sorted
}

# in_bash WORD...: what bash offers at the end of these words
in_bash()
{
	# shellcheck disable=SC2016
	bash -c 'source "$1" && COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) &&
		"_${2//-/_}" && echo "${COMPREPLY[*]}"' bash "$bash_completion" "$tool" "$@" | sorted
}

# in_zsh VERB: what zsh hands to its own functions behind it, or in its place if it is empty
in_zsh()
{
	# shellcheck disable=SC2016
	zsh -f -c '
		_arguments() { print -rl -- "$@"; words=($verb); state=${verb:+argument} }
		_describe() { print -rl -- "${(P@)2}" }
		verb=$2 words=($1)
		[[ $verb ]] || _arguments() { state=verb }
		source "$0"' "$zsh_completion" "$tool" "$1"
}

# The options in what in_zsh prints.
zsh_options()
{
	sed -nE 's/^(\([^)]*\)|\*)(--?[a-zA-Z][a-z-]*).*/\2/p' | sort -u | sorted
}

check_bash_options()
{
	equal "bash: verbs" "$(echo "$verbs" | sorted)" "$(in_bash '')"
	equal "bash: options" "$(help_options)" "$(in_bash -)"
	for verb in $verbs; do
		equal "bash: options of $verb" "$(help_options "$verb")" "$(in_bash "$verb" -)"
	done
}

check_zsh_options()
{
	equal "zsh: verbs" "$(echo "$verbs" | sorted)" "$(in_zsh '' | sed 's/:.*//' | sorted)"
	for verb in $verbs; do
		in_zsh "$verb" >"$dir/zsh"
		equal "zsh: options of $verb" "$(help_options "$verb")" "$(zsh_options <"$dir/zsh")"
	done
}

check_completions()
{
	verbs=$("$tool" --help | sed -nE '/^Verbs:/,$s/^  ([a-z]+) .*/\1/p')
	[ "$(echo "$verbs" | wc -l)" -ge "$1" ] || equal "verbs in --help" "at least $1" "$verbs"
	if command -v bash >/dev/null; then
		check_bash_options
		check_bash
	fi
	if command -v zsh >/dev/null; then
		check_zsh_options
		check_zsh
	else
		echo "zsh is not installed: its completion is not checked" >&2
	fi
	exit "$failed"
}
