// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "mode.h"

const struct mode_info mode_table[NR_MODES] = {
	[MODE_AUTO] = {"Auto", "auto", "auto_mode"},
	[MODE_GAMING] = {"Gaming", "gaming", "gaming_mode"},
	[MODE_POWERSAVE] = {"PowerSave", "powersave", "powersave_mode"},
	[MODE_LOWLATENCY] = {"LowLatency", "lowlatency", "lowlatency_mode"},
	[MODE_SERVER] = {"Server", "server", "server_mode"},
};

int mode_from_name(const char *name)
{
	for (int mode = 0; mode < NR_MODES; mode++)
		if (strcmp(mode_table[mode].name, name) == 0)
			return mode;
	return -EINVAL;
}
