#compdef scxctl
# SPDX-License-Identifier: GPL-2.0-only
# zsh completion of scxctl

_arguments \
	'(-h --help)'{-h,--help}'[show the help]' \
	'(-V --version)'{-V,--version}'[show the version]' \
	'1:verb:((get\:"show which scheduler runs" list\:"show the schedulers that are installed"))'
