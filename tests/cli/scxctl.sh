#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# scxctl.sh PROGRAM BASH_COMPLETION ZSH_COMPLETION CATALOG BINDIR: the completions, run by their
# shells, offer what the help of every verb names.
set -u

program=$1 bash_completion=$2 zsh_completion=$3 catalog=$4 bindir=$5
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
modes='auto gaming lowlatency powersave server'

# no bus, and one scheduler to be listed
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$dir/none"
mkdir -p "$dir/root$catalog" "$dir/root$bindir" || exit 1
printf 'name = "scx_own"\ndescription = "x"\n' >"$dir/root$catalog/scx_own.toml"
printf '#!/bin/sh\n' >"$dir/root$bindir/scx_own"
chmod 755 "$dir/root$bindir/scx_own"
printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$program" "$dir/root" >"$dir/scxctl"
chmod 755 "$dir/scxctl"
PATH=$dir:$PATH

complain() {
	echo "$*" >&2
	failed=1
}

sorted() {
	tr -s ' \n' '\n' | sed '/^$/d' | sort | tr '\n' ' ' | sed 's/ $//'
}

help_options() {
	scxctl "$@" --help | sed -nE 's/^ +(-[a-zA-Z]), (--[a-z-]+).*/\1 \2/p; s/^ +(--[a-z-]+).*/\1/p' |
		sorted
}

# equal WHERE EXPECTED ACTUAL
equal() {
	[ "$2" = "$3" ] || complain "$1: '$3' instead of '$2'"
}

# What bash offers at the end of these words.
in_bash() {
	# shellcheck disable=SC2016
	bash -c 'source "$0" && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _scxctl &&
		echo "${COMPREPLY[*]}"' "$bash_completion" "$@" | sorted
}

# What zsh offers behind a verb, if there is one: what it hands to its own functions.
in_zsh() {
	# shellcheck disable=SC2016
	zsh -f -c '
		_arguments() { print -rl -- "$@"; words=($verb); state=${verb:+argument} }
		_describe() { print -rl -- "${(P@)2}" }
		verb=$1 words=(scxctl)
		[[ $verb ]] || _arguments() { state=verb }
		source "$0"' "$zsh_completion" "$@"
}

# The options in what in_zsh prints.
zsh_options() {
	sed -nE 's/^\([^)]*\)(--?[a-zA-Z][a-z-]*).*/\1/p' | sort -u | sorted
}

verbs=$(scxctl --help | sed -nE '/^Verbs:/,$s/^  ([a-z]+) .*/\1/p')
[ "$(echo "$verbs" | wc -l)" -gt 10 ] || complain "--help names too few verbs: $verbs"

check_bash() {
	equal "bash: verbs" "$(echo "$verbs" | sorted)" "$(in_bash scxctl '')"
	equal "bash: verbs behind options" "stop" "$(in_bash scxctl --root / -q sto)"
	equal "bash: options" "$(help_options)" "$(in_bash scxctl -)"
	for verb in $verbs; do
		equal "bash: options of $verb" "$(help_options "$verb")" "$(in_bash scxctl "$verb" -)"
	done
	equal "bash: modes" "$modes" "$(in_bash scxctl switch -m '')"
	equal "bash: modes behind =" "gaming" "$(in_bash scxctl switch --mode = g)"
	equal "bash: schedulers" "own" "$(in_bash scxctl start --sched '')"
	equal "bash: commands" "scxctl" "$(in_bash scxctl run -- scxct)"
	equal "bash: what can be anything" "" "$(in_bash scxctl start -a '')"
}

check_zsh() {
	equal "zsh: verbs" "$(echo "$verbs" | sorted)" "$(in_zsh '' | sed 's/:.*//' | sorted)"
	for verb in $verbs; do
		in_zsh "$verb" >"$dir/zsh"
		equal "zsh: options of $verb" "$(help_options "$verb")" "$(zsh_options <"$dir/zsh")"
	done
	in_zsh switch >"$dir/zsh"
	equal "zsh: modes" "$modes" "$(sed -n 's/.*--mode=.*:MODE:(\(.*\))$/\1/p' "$dir/zsh" | sorted)"
	equal "zsh: schedulers" "own" "$(sed -n 's/.*--sched=.*:NAME:(\(.*\))$/\1/p' "$dir/zsh")"
}

command -v bash >/dev/null && check_bash
if command -v zsh >/dev/null; then
	check_zsh
else
	echo "zsh is not installed: its completion is not checked" >&2
fi
exit "$failed"
