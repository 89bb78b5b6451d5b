#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# common.sh PROGRAM NAME VERSION MAN_SOURCE COMPLETION...: what holds for the command line
# of every program, and that --help, man page and completions name the same options and verbs.
set -u

program=$1 name=$2 version=$3 man=$4
shift 4
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

complain() {
	echo "$name: $*" >&2
	failed=1
}

# run STATUS ARGUMENT...: leaves $dir/out and $dir/err
run() {
	want=$1
	shift
	"$program" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ "$got" = "$want" ] || complain "'$*' exits with $got instead of $want"
}

help_options() {
	sed -nE 's/^ {1,6}(-[a-zA-Z], )?(--[a-z][a-z-]*).*/\1\2/p' "$1" | sort
}

man_options() {
	sed -nE '/^# OPTIONS/,/^# [^O]/{ s/^\*(-[a-zA-Z])\*, \*(--[a-z-]*)\*.*/\1, \2/p
		s/^\*(--[a-z-]*)\*.*/\1/p; }' "$1" | sort
}

run 0 --help
[ -s "$dir/out" ] || complain "--help prints nothing to standard output"
[ -s "$dir/err" ] && complain "--help prints to standard error"
[ "$(wc -L <"$dir/out")" -le 80 ] || complain "--help is wider than 80 columns"
cp "$dir/out" "$dir/help"
run 0 -h
cmp -s "$dir/out" "$dir/help" || complain "-h and --help differ"

help_verbs() {
	sed -nE '/^Verbs:/,$s/^  ([a-z]+) .*/\1/p' "$1" | sort
}

help_verbs "$dir/help" >"$dir/help.verbs"
cp "$dir/help" "$dir/help.all"
while read -r verb; do
	run 0 "$verb" --help
	[ "$(wc -L <"$dir/out")" -le 80 ] || complain "$verb --help is wider than 80 columns"
	cp "$dir/out" "$dir/help.$verb"
	cat "$dir/out" >>"$dir/help.all"
done <"$dir/help.verbs"

help_options "$dir/help.all" | uniq >"$dir/help.options"
man_options "$man" >"$dir/man.options"
[ -s "$dir/help.options" ] || complain "no options found in --help"
diff "$dir/help.options" "$dir/man.options" >&2 || complain "--help (<) and the man page (>) differ"

man_verbs() {
	sed -nE '/^# VERBS/,/^# [^V]/s/^\*([a-z]+)\*.*/\1/p' "$1" | sort
}

man_verbs "$man" >"$dir/man.verbs"
diff "$dir/help.verbs" "$dir/man.verbs" >&2 || complain "--help (<) and the man page (>) differ"

# the options of its own that a verb has: the letter if there is one, else the name
help_verb_options() {
	sed -n '/^Options:/,/^$/p' "$1" | sed -nE 's/^ +(-[a-zA-Z]), .*/\1/p; s/^ +(--[a-z-]+).*/\1/p' | sort
}

man_verb_options() {
	sed -nE "/^# VERBS/,/^# [^V]/s/^\*$1\*(.*)/\1/p" "$man" | grep -oE -e '\*-[a-z-]+\*' | tr -d '*' | sort
}

while read -r verb; do
	help_verb_options "$dir/help.$verb" >"$dir/help.verb"
	man_verb_options "$verb" >"$dir/man.verb"
	diff "$dir/help.verb" "$dir/man.verb" >&2 ||
		complain "$verb: --help (<) and the man page (>) name different options"
done <"$dir/help.verbs"

for completion in "$@"; do
	# these read --help themselves
	grep -qE -e '_longopt|_gnu_generic|--help 2>' "$completion" && continue
	for word in $(tr -s ', ' '\n' <"$dir/help.options") $(cat "$dir/help.verbs"); do
		grep -qE -e "(^|[^a-z-])$word([^a-z-]|$)" "$completion" || complain "$completion lacks $word"
	done
done

run 0 --version
[ "$(cat "$dir/out")" = "$name $version" ] || complain "--version prints '$(cat "$dir/out")'"

run 2 --no-such-option
[ -s "$dir/out" ] && complain "an unknown option prints to standard output"
[ "$(cat "$dir/err")" = "$name: unknown option '--no-such-option'; try '$name --help'" ] ||
	complain "an unknown option gives '$(cat "$dir/err")'"

run 2 one-argument too many arguments
[ -s "$dir/err" ] || complain "superfluous arguments give no message"

"$program" --help >/dev/full 2>/dev/null && complain "--help into a full device succeeds"
exit "$failed"
