#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# aios-bench.sh PROGRAM BASH_COMPLETION ZSH_COMPLETION: see completions.sh
set -u

program=$1 bash_completion=$2 zsh_completion=$3 tool=aios-bench
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# shellcheck source-path=SCRIPTDIR source=completions.sh
. "${0%/*}/completions.sh"

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

check_bash()
{
	equal "bash: workloads" "fair frame hackbench" "$(in_bash run -w '')"
	equal "bash: the last of them" "fair,frame" "$(in_bash run --workload = fair,fr)"
	equal "bash: schedulers" "all kernel none production scx_own" "$(in_bash run -s '')"
	equal "bash: commands" "aios-bench" "$(in_bash run -- aios-benc)"
	equal "bash: what can be anything" "" "$(in_bash run --metric '')"
}

check_zsh()
{
	in_zsh run >"$dir/zsh"
	equal "zsh: workloads" "fair frame hackbench" \
		"$(sed -n 's/.*--workload=.*:LIST:_values -s , list \(.*\)$/\1/p' "$dir/zsh" | sorted)"
	equal "zsh: schedulers" "all kernel none production scx_own" \
		"$(sed -n 's/.*--schedulers=.*:LIST:_values -s , list \(.*\)$/\1/p' "$dir/zsh" | sorted)"
}

# one driver's program is in no package
check_list()
{
	text=$(PATH=$dir/nowhere "$(realpath "$program")" list | tr -s '\n ' ' ')
	case $text in
	*"; to install: rt-tests"*"; not here, and not packaged"*) ;;
	*) equal "list: what to install" "two kinds of drivers" "$text" ;;
	esac
}

check_list
check_completions 4
