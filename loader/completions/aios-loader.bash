# SPDX-License-Identifier: GPL-2.0-only
_aios_loader()
{
	local word=${COMP_WORDS[COMP_CWORD]}

	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--root)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	--check)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W '--check --root -v --verbose -h --help --version' -- "$word")
}
complete -o filenames -F _aios_loader aios-loader
