/* SPDX-License-Identifier: GPL-2.0-only */
/* The five modes of org.scx.Loader; their numbers are part of its D-Bus interface. */
#pragma once

enum mode {
	MODE_AUTO = 0,
	MODE_GAMING = 1,
	MODE_POWERSAVE = 2,
	MODE_LOWLATENCY = 3,
	MODE_SERVER = 4,
	NR_MODES,
};

struct mode_info {
	const char *name;     /* in configuration values and messages: "PowerSave" */
	const char *cli_name; /* on the command line: "powersave" */
	const char *toml_key; /* of its flags: "powersave_mode" */
};

extern const struct mode_info mode_table[NR_MODES];

/* The mode called @name ("PowerSave"), or -EINVAL. */
int mode_from_name(const char *name);
