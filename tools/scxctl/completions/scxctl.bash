# SPDX-License-Identifier: GPL-2.0-only
# bash completion of scxctl

_scxctl()
{
	local current=${COMP_WORDS[COMP_CWORD]}

	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "-h --help -V --version" -- "$current")
	elif ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "get list" -- "$current")
	fi
}
complete -F _scxctl scxctl
