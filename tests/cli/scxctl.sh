#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# scxctl.sh PROGRAM BASH_COMPLETION ZSH_COMPLETION CATALOG BINDIR: see completions.sh
set -u

program=$1 bash_completion=$2 zsh_completion=$3 catalog=$4 bindir=$5 tool=scxctl
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
modes='auto gaming lowlatency powersave server'
failed=0

# shellcheck source-path=SCRIPTDIR source=completions.sh
. "${0%/*}/completions.sh"

# no bus, and one scheduler to be listed
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$dir/none"
mkdir -p "$dir/root$catalog" "$dir/root$bindir" || exit 1
printf 'name = "scx_own"\ndescription = "x"\n' >"$dir/root$catalog/scx_own.toml"
printf '#!/bin/sh\n' >"$dir/root$bindir/scx_own"
chmod 755 "$dir/root$bindir/scx_own"
printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$program" "$dir/root" >"$dir/scxctl"
chmod 755 "$dir/scxctl"
PATH=$dir:$PATH

check_bash()
{
	equal "bash: verbs behind options" "stop" "$(in_bash --root / -q sto)"
	equal "bash: modes" "$modes" "$(in_bash switch -m '')"
	equal "bash: modes behind =" "gaming" "$(in_bash switch --mode = g)"
	equal "bash: schedulers" "own" "$(in_bash start --sched '')"
	equal "bash: commands" "scxctl" "$(in_bash run -- scxct)"
	equal "bash: what can be anything" "" "$(in_bash start -a '')"
}

check_zsh()
{
	in_zsh switch >"$dir/zsh"
	equal "zsh: modes" "$modes" "$(sed -n 's/.*--mode=.*:MODE:(\(.*\))$/\1/p' "$dir/zsh" | sorted)"
	equal "zsh: schedulers" "own" "$(sed -n 's/.*--sched=.*:NAME:(\(.*\))$/\1/p' "$dir/zsh")"
}

check_completions 11
