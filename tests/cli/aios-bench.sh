#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# aios-bench.sh PROGRAM BASH_COMPLETION ZSH_COMPLETION: the completions, run by their shells, offer
# what the help of every verb names.
set -u

program=$1 bash_completion=$2 zsh_completion=$3
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# lists of its own, whatever is installed here
cat >"$dir/aios-bench" <<EOF
#!/bin/sh
if [ "\$1" = list ] && [ \$# = 1 ]; then
	printf 'Workloads:\n  frame  x\n  fair  y\n\nPrograms:\n  hackbench  z\n\nSchedulers:\n  kernel  a\n  scx_own  b\n'
else
	exec "$(realpath "$program")" "\$@"
fi
EOF
chmod 755 "$dir/aios-bench"
PATH=$dir:$PATH

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
	aios-bench "$@" --help | sed -nE 's/^ +(-[a-zA-Z]), (--[a-z-]+).*/\1 \2/p; s/^ +(--[a-z-]+).*/\1/p' |
		sorted
}

# What bash offers at the end of these words.
in_bash()
{
	# shellcheck disable=SC2016
	bash -c 'source "$0" && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _aios_bench &&
		echo "${COMPREPLY[*]}"' "$bash_completion" "$@" | sorted
}

# What zsh offers behind a verb, if there is one: what it hands to its own functions.
in_zsh()
{
	# shellcheck disable=SC2016
	zsh -f -c '
		_arguments() { print -rl -- "$@"; words=($verb); state=${verb:+argument} }
		_describe() { print -rl -- "${(P@)2}" }
		verb=$1 words=(aios-bench)
		[[ $verb ]] || _arguments() { state=verb }
		source "$0"' "$zsh_completion" "$@"
}

# The options in what in_zsh prints.
zsh_options()
{
	sed -nE 's/^(\([^)]*\)|\*)(--?[a-zA-Z][a-z-]*).*/\2/p' | sort -u | sorted
}

verbs=$(aios-bench --help | sed -nE '/^Verbs:/,$s/^  ([a-z]+) .*/\1/p')
[ "$(echo "$verbs" | wc -l)" -gt 3 ] || equal "verbs" "more than 3" "$verbs"

check_bash()
{
	equal "bash: verbs" "$(echo "$verbs" | sorted)" "$(in_bash aios-bench '')"
	equal "bash: options" "$(help_options)" "$(in_bash aios-bench -)"
	for verb in $verbs; do
		equal "bash: options of $verb" "$(help_options "$verb")" "$(in_bash aios-bench "$verb" -)"
	done
	equal "bash: workloads" "fair frame hackbench" "$(in_bash aios-bench run -w '')"
	equal "bash: the last of them" "fair,frame" "$(in_bash aios-bench run --workload = fair,fr)"
	equal "bash: schedulers" "all kernel none production scx_own" "$(in_bash aios-bench run -s '')"
	equal "bash: commands" "aios-bench" "$(in_bash aios-bench run -- aios-benc)"
	equal "bash: what can be anything" "" "$(in_bash aios-bench run --metric '')"
}

check_zsh()
{
	equal "zsh: verbs" "$(echo "$verbs" | sorted)" "$(in_zsh '' | sed 's/:.*//' | sorted)"
	for verb in $verbs; do
		in_zsh "$verb" >"$dir/zsh"
		equal "zsh: options of $verb" "$(help_options "$verb")" "$(zsh_options <"$dir/zsh")"
	done
	in_zsh run >"$dir/zsh"
	equal "zsh: workloads" "fair frame hackbench" \
		"$(sed -n 's/.*--workload=.*:LIST:_values -s , list \(.*\)$/\1/p' "$dir/zsh" | sorted)"
	equal "zsh: schedulers" "all kernel none production scx_own" \
		"$(sed -n 's/.*--schedulers=.*:LIST:_values -s , list \(.*\)$/\1/p' "$dir/zsh" | sorted)"
}

command -v bash >/dev/null && check_bash
if command -v zsh >/dev/null; then
	check_zsh
else
	echo "zsh is not installed: its completion is not checked" >&2
fi
exit "$failed"
