#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What bad input gets: message, exit status and effect of each, with the service as systemd runs
# it. In the end the machine always has the scheduler asked for or the kernel's own.
#
# kernels: current
# limit: 300

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

FILE=/etc/aios/default.toml
VENDOR=/usr/share/aios/default.toml
SIMPLE=/usr/bin/scx_simple

# What the last start of the loader said, without the messages of systemd.
said()
{
	journalctl -q -o cat --no-pager _SYSTEMD_INVOCATION_ID="$(systemctl show -P InvocationID aios-loader)" \
		_COMM=aios-loader
}

# refuses NAME MESSAGE: the loader is up and says MESSAGE; the kernel keeps its scheduler
refuses()
{
	check "$1: the loader starts" systemctl start aios-loader
	check_equal "$1: message" "$2" "$(said | grep -v -e '^starting ' -e 'ignored' | head -n 1)"
	check_equal "$1: service, restarts" "active 0" \
		"$(systemctl is-active aios-loader) $(systemctl show -P NRestarts aios-loader)"
	check_equal "$1: the kernel's scheduler stays" disabled "$(scx_state)"
	systemctl stop aios-loader
}

# gives_up NAME REASON: the same, and the reason is in the status
gives_up()
{
	refuses "$1" "$2; gave up on it"
	check "$1: starts again" systemctl start aios-loader
	check_equal "$1: status" "gave up: $2; the kernel's own scheduler is in use" \
		"$(systemctl show -P StatusText aios-loader)"
	systemctl stop aios-loader
}

# starts NAME MESSAGE: scx_simple runs, and MESSAGE is among what was said
starts()
{
	check "$1: starts" systemctl start aios-loader
	check_equal "$1: is the kernel's" simple "$(scx_ops)"
	check_equal "$1: message" "$2" "$(said | grep -xF "$2")"
	systemctl stop aios-loader
}

# idles NAME: the service is up, and nothing is loaded
idles()
{
	check "$1: starts" systemctl start aios-loader
	check_equal "$1: the kernel's scheduler stays" "active disabled" \
		"$(systemctl is-active aios-loader) $(scx_state)"
	systemctl stop aios-loader
}

# What is broken has no effect, and does not take along what runs.
test_reload()
{
	mkdir -p $FILE.d
	echo 'default_sched = "scx_prev"' >$FILE.d/50-prev.toml
	check "drop-in: starts" systemctl start aios-loader
	check_equal "drop-in: goes before the file" prev "$(scx_ops)"
	echo 'default_sched = 1' >$FILE.d/60-broken.toml
	check "a broken drop-in: reload" systemctl reload aios-loader
	check_equal "a broken drop-in: the others count" prev "$(scx_ops)"
	check_match "a broken drop-in: message" "*$FILE.d/60-broken.toml:1:17: default_sched must be a string*" "$(said)"
	echo 'default_sched = ""' >$FILE.d/60-broken.toml
	check "a later drop-in: reload" systemctl reload aios-loader
	check "a later drop-in: says none" wait_until 20 is_kernel_scheduler
	rm -r $FILE.d
	echo 'default_sched = = ' >$FILE
	check "a broken file: reload" systemctl reload aios-loader
	check_match "a broken file: the old configuration stays" "*the old one stays in effect*" "$(said)"
	systemctl stop aios-loader
}

test_layers()
{
	rm $FILE
	idles "no /etc file, vendor says none"
	cp $VENDOR vendor
	sed -i 's/^default_sched = .*/default_sched = "scx_simple"/' $VENDOR
	starts "no /etc file, vendor names one" "scx_simple in Auto mode is running"
	: >$FILE
	starts "empty /etc file, vendor names one" "scx_simple in Auto mode is running"
	echo 'default_sched = ""' >$FILE
	idles "/etc switches the vendor's off"
	cp vendor $VENDOR
	: >$FILE
	idles "empty file"
}

test_values()
{
	printf 'default_sched = "scx_simple"\ndefault_mode = = 1\n' >$FILE
	refuses "TOML syntax" "$FILE:2:16: error while parsing value: could not determine value type"
	printf 'default_sched = "scx_simple"\n\ndefault_shed = "x"\n' >$FILE
	starts "unknown key" "$FILE:3:1: unknown key 'default_shed' ignored; known here: default_sched, default_mode, fallback, failures, profiles, scheds"
	echo 'default_sched = 5' >$FILE
	refuses "wrong type" "$FILE:1:17: default_sched must be a string, not an integer"
	printf '[scheds.scx_simple]\nauto_mode = "-f"\n' >$FILE
	refuses "wrong type of flags" "$FILE:2:13: scheds.scx_simple.auto_mode must be an array of strings, not a string"
	echo 'default_sched = "scx_nosuch"' >$FILE
	refuses "unknown scheduler" "$FILE:1:17: scheduler 'scx_nosuch' is not installed; installed: $(scheduler_list scx_ '')"
	printf 'default_sched = "scx_simple"\ndefault_mode = "gaming"\n' >$FILE
	refuses "unknown mode" "$FILE:2:16: unknown mode 'gaming'; the modes are Auto, Gaming, PowerSave, LowLatency, Server"
	printf 'default_sched = "scx_simple"\ndefault_mode = "Gaming"\n[scheds.scx_simple]\ngaming_mode = ["-s", "5000"]\n' >$FILE
	check "a mode with flags: starts" systemctl start aios-loader
	check_equal "a mode with flags: scxctl get" "running Simple in Gaming mode" "$(scxctl get)"
	check_match "a mode with flags: command line" "$SIMPLE --standby --dump-file=/var/lib/aios/failures/[1-9]*.dump -s 5000 " \
		"$(tr '\0' ' ' <"/proc/$(systemctl show -P MainPID aios-scx_simple)/cmdline")"
	systemctl stop aios-loader
	printf 'default_sched = "scx_simple"\n[scheds.scx_simple]\nauto_mode = ["-s", "99"]\n' >$FILE
	gives_up "flags the scheduler rejects" \
		"scx_simple rejected its command line: --slice-us: '99' is not a number from 100 to 1000000"
}

test_files()
{
	truncate -s 10M $FILE
	refuses "10 MB" "cannot read $FILE: it is larger than 1 MiB"
	head -c 100 /dev/zero >$FILE
	refuses "NUL bytes" "$FILE:1:1: error while parsing root table: expected keys, tables, whitespace or comments, saw '\\u0000'"
	rm $FILE && mkdir $FILE
	refuses "a directory" "cannot read $FILE: it is a directory"
	rmdir $FILE && mkfifo $FILE
	refuses "a FIFO" "cannot read $FILE: it is not a regular file"
	rm $FILE && ln -s default.toml $FILE
	refuses "a link to itself" "cannot read $FILE: Too many levels of symbolic links"
	rm $FILE
	echo 'default_sched = "scx_simple"' >$FILE
	chmod 600 $FILE
	run setpriv --reuid 65534 --regid 65534 --clear-groups aios-loader --check
	check_equal "unreadable" "2 aios-loader: cannot read $FILE: Permission denied" "$STATUS $OUTPUT"
	chown nobody $FILE
	refuses "unreadable" "cannot read $FILE: Permission denied"
	chown root $FILE
	chmod 644 $FILE
	run setpriv --reuid 65534 --regid 65534 --clear-groups aios-loader
	check_equal "not root" "1 aios-loader: must be run as root" "$STATUS $OUTPUT"
}

# checked NAME STATUS MESSAGES LINE: --check exits with STATUS, says MESSAGES, and LINE is in effect
checked()
{
	STATUS=0
	aios-loader --check >printed 2>messages || STATUS=$?
	check_equal "$1: exit status and messages" "$2 $3" "$STATUS $(sed 's/^aios-loader: //' messages)"
	check_equal "$1: in effect" "$4" "$(grep -xF -e "$4" printed)"
}

test_dropins()
{
	etc=/etc/aios/default.toml.d run=/run/aios/default.toml.d usr=/usr/share/aios/default.toml.d
	mkdir -p $etc $run $usr
	echo 'default_mode = "Gaming"' >$FILE
	echo 'default_mode = "Server"' >$usr/50-mode.toml
	checked "a drop-in of a package" 0 "" "default_mode = \"Server\"  # $usr/50-mode.toml:1"
	echo 'default_mode = "PowerSave"' >$etc/10-mode.toml
	checked "drop-ins are in the order of their names" 0 "" "default_mode = \"Server\"  # $usr/50-mode.toml:1"
	echo 'default_mode = "LowLatency"' >$run/50-mode.toml
	checked "/run masks /usr" 0 "" "default_mode = \"LowLatency\"  # $run/50-mode.toml:1"
	ln -s /dev/null $etc/50-mode.toml
	checked "/dev/null masks both" 0 "" "default_mode = \"PowerSave\"  # $etc/10-mode.toml:1"
	printf 'default_mode = "Auto"\n[failures]\nbudget = 0\n' >$etc/99-bad.toml
	checked "a bad drop-in is left out as a whole" 2 "$etc/99-bad.toml:3:10: failures.budget must be an integer from 1 to 100, not 0
$etc/99-bad.toml is left out" "default_mode = \"PowerSave\"  # $etc/10-mode.toml:1"
	rm -r $etc $run $usr
}

test_files_of_others()
{
	installed=$(scheduler_list scx_ '')
	: >$FILE
	printf '# from Fedora\nSCX_SCHEDULER=scx_simple\nSCX_FLAGS="-f --slice-us 5000"\n' >/etc/default/scx
	checked "/etc/default/scx" 0 "/etc/default/scx is read, as no configuration file of aios sets default_sched" \
		"auto_mode = [\"-f\", \"--slice-us\", \"5000\"]  # /etc/default/scx:3"
	printf 'default_sched = "scx_lavd"\ndefault_mode = "Gaming"\n' >/etc/scx_loader.toml
	checked "/etc/scx_loader.toml" 0 "/etc/scx_loader.toml is read, as no configuration file of aios sets default_sched
/etc/scx_loader.toml:1:17: scheduler 'scx_lavd' ignored: it is not installed; installed: $installed" \
		'default_mode = "Gaming"  # /etc/scx_loader.toml:2'
	rm /etc/scx_loader.toml
	starts "/etc/default/scx" "scx_simple in Auto mode is running"
	echo 'default_sched = ""' >$FILE
	checked "not if ours say what to start" 0 "" "default_sched = \"\"  # $FILE:1"
	rm /etc/default/scx
}

test_programs()
{
	echo 'default_sched = "scx_simple"' >$FILE
	mv $SIMPLE simple
	gives_up "program missing" "scx_simple could not be executed: $SIMPLE: No such file or directory"
	check_equal "scxctl lists only what can be run" \
		"supported schedulers: [$(scheduler_list '"' '"' simple)]" "$(scxctl list)"
	cp simple $SIMPLE
	chmod 644 $SIMPLE
	gives_up "program not executable" "scx_simple could not be executed: $SIMPLE: Permission denied"
	chmod 755 $SIMPLE
	echo junk >$SIMPLE
	gives_up "program is no program" "scx_simple could not be executed: $SIMPLE"
	rm $SIMPLE
	mv simple $SIMPLE
}

test_machine()
{
	mount -t tmpfs tmpfs /sys/kernel/btf
	systemctl start aios-loader 2>/dev/null
	check_equal "kernel without BTF: message" \
		"this kernel has no type information in /sys/kernel/btf/vmlinux: it must be built with CONFIG_DEBUG_INFO_BTF" \
		"$(said | head -n 1)"
	check_equal "kernel without BTF: service, exit status, restarts" "failed 3 0" \
		"$(systemctl is-active aios-loader) $(systemctl show -P ExecMainStatus aios-loader) $(systemctl show -P NRestarts aios-loader)"
	systemctl reset-failed aios-loader
	run $SIMPLE
	check_equal "kernel without BTF, by hand" \
		"3 scx_simple: this kernel has no type information in /sys/kernel/btf/vmlinux: it must be built with CONFIG_DEBUG_INFO_BTF" \
		"$STATUS $OUTPUT"
	umount /sys/kernel/btf
	scx_simple -f >/dev/null 2>&1 &
	foreign=$!
	wait_until 30 is_scheduler simple
	check "another scheduler is active: the loader starts" systemctl start aios-loader
	check_equal "another scheduler is active: message" \
		"cannot start scx_simple: another sched_ext scheduler is active: simple; it is left alone" \
		"$(said | head -n 1)"
	check_equal "another scheduler is active: it stays" "active simple" \
		"$(systemctl is-active aios-loader) $(scx_ops)"
	kill $foreign
	wait $foreign
	check "when it has gone, ours is started" wait_until 30 systemctl -q is-active aios-scx_simple
	check "and the kernel has it" wait_until 30 is_scheduler simple
	systemctl stop aios-loader
	starts "after all that" "scx_simple in Auto mode is running"
}

test_layers
test_reload
test_values
test_files
test_dropins
test_files_of_others
test_programs
test_machine
