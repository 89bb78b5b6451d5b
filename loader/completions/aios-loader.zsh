#compdef aios-loader
# SPDX-License-Identifier: GPL-2.0-only
_arguments \
	'--check[check the configuration, print it and exit]:file:_files -g "*.toml"' \
	'--root[look up everything below a directory]:directory:_files -/' \
	'*'{-v,--verbose}'[say more]' \
	'(- *)'{-h,--help}'[print the help and exit]' \
	'(- *)--version[print the version and exit]'
