# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Guests: Debian under qemu with a kernel of choice. How scripts run there and what they report
# is described in tests/guest/lib.sh.
#
# A guest has two disks, its system (a throwaway overlay of the cache's) and the payload, and two
# serial ports, the console and the reports. It has no network. It ends by itself; a guest that
# neither ends nor reports is killed.

GUEST_CPUS_DEFAULT=2
GUEST_MEMORY=1024M
# What a test may ask for otherwise: see tests/guest/lib.sh
GUEST_CPUS=$GUEST_CPUS_DEFAULT
GUEST_APPEND=
GUEST_NODES=()
# yes: see tests/run --quick
QUICK=no
# What suites.sh and demo allow for the first boot: without KVM it takes about 20 s on an idle machine.
# shellcheck disable=SC2034
GUEST_BOOT_LIMIT=180
KVM_PROBE_LIMIT=10
TURNS_US=100

# kernel_dir LABEL -> directory with vmlinuz and release; fails if there is none
kernel_dir()
{
	local dir=$AIOS_CACHE/guest/kernels/$1
	[ -s "$dir/vmlinuz" ] && echo "$dir"
}

# A kernel of the oldest supported series with sched_ext is no package anywhere: it is built by
# hand and found in AIOS_KERNELS as bzImage-VERSION-scx.
local_kernel()
{
	local file
	for file in "${AIOS_KERNELS:-$TREE/../shared/kernels}/bzImage-$1."*-scx; do
		[ -f "$file" ] && echo "$file" && return 0
	done
	return 1
}

# guest_kernel LABEL FILE: copy the kernel LABEL to FILE, or print why there is none
guest_kernel()
{
	local from
	if from=$(kernel_dir "$1"); then
		cp "$from/vmlinuz" "$2"
	elif from=$(local_kernel "$1"); then
		cp "$from" "$2"
	else
		case $1 in
		6.12) echo "no bzImage-6.12.*-scx in AIOS_KERNELS" ;;
		*) echo "the Debian archive has no kernel $1" ;;
		esac
		return 1
	fi
}

# /dev/kvm can exist and not work: a guest then hangs before its first instruction. A kernel that
# comes as far as missing its root proves it usable; the panic ends qemu.
probe_kvm()
{
	[ -c /dev/kvm ] || return 1
	guest_kernel current "$AIOS_WORK/kvm-kernel" >/dev/null || return 1
	in_root timeout --signal=KILL "$KVM_PROBE_LIMIT" qemu-system-x86_64 -accel kvm -m 256M -nodefaults \
		-no-reboot -display none -kernel /aios/kvm-kernel -append "panic=-1 quiet" >/dev/null 2>&1
}

# Sets ACCEL. The answer holds until this machine boots again.
choose_accel()
{
	local boot answer
	boot=$(cat /proc/sys/kernel/random/boot_id)
	if [ "$(cut -d' ' -f1 "$AIOS_CACHE/kvm" 2>/dev/null)" = "$boot" ]; then
		answer=$(cut -d' ' -f2 "$AIOS_CACHE/kvm")
	else
		answer=no
		! probe_kvm || answer=yes
		echo "$boot $answer" >"$AIOS_CACHE/kvm"
	fi
	ACCEL=(-accel kvm -cpu host)
	[ "$answer" = yes ] && return 0
	ACCEL=(-accel "tcg,thread=multi")
	note "no usable /dev/kvm: guests are emulated, which is slower"
}

# In an emulated guest that measures, time is the number of instructions executed, 250 million a
# second by all CPUs together, and idle time is skipped: what it finds depends on nothing else this
# machine does.
count_instructions()
{
	[ "${ACCEL[1]}" = kvm ] || ACCEL=(-accel "tcg,thread=single" -icount "shift=2,sleep=off")
}

# The CPUs of such a guest are executed in turn, up to 2 ms each, which end when a timer is due: until
# its turn a CPU does nothing of what others ask of it. A timer in qemu that does nothing, of a filter
# in a network without anybody, makes the turns of all CPUs together TURNS_US long.
shorten_turns()
{
	ACCEL+=(-netdev "hubport,id=turns,hubid=0"
		-object "filter-buffer,id=filter,netdev=turns,interval=$TURNS_US")
}

# guest_payload NAME: start the payload of guest NAME in AIOS_WORK/NAME/payload
guest_payload()
{
	local dir=$AIOS_WORK/$1/payload file
	mkdir -p "$dir/packages" "$dir/guest" "$dir/bin"
	find "$TREE/tests/guest" -maxdepth 1 -type f -exec cp -t "$dir/guest" {} +
	mv "$dir/guest/runner" "$dir/runner"
	cp -r "$TREE/debian/tests" "$dir/debian-tests"
	if [ -d "$AIOS_WORK/build-guest/tests/guest" ]; then
		find "$AIOS_WORK/build-guest/tests/guest" -maxdepth 2 -type f -executable -exec cp -t "$dir/bin" {} +
	fi
	for file in "$AIOS_WORK"/packages/*.deb; do
		case $file in
		*-dbgsym_*) ;;
		*) cp "$file" "$dir/packages/" ;;
		esac
	done
}

# guest_nodes CPUS...: sets GUEST_NODES, qemu's words for a machine of which each node has these CPUs
# and as much memory as the others
guest_nodes()
{
	local cpus id=0
	GUEST_NODES=()
	for cpus in "$@"; do
		GUEST_NODES+=(-object "memory-backend-ram,id=node$id,size=$((${GUEST_MEMORY%M} / $#))M"
			-numa "node,nodeid=$id,cpus=$cpus,memdev=node$id")
		id=$((id + 1))
	done
}

# guest_settings NAME KERNEL INSTALL SHARED: what tests/guest/runner reads
guest_settings()
{
	local emulated=yes
	[ "${ACCEL[1]}" != kvm ] || emulated=no
	printf 'KERNEL=%s\nINSTALL=%s\nSHARED=%s\nEMULATED=%s\nQUICK=%s\n' \
		"$2" "$3" "$4" "$emulated" "$QUICK" \
		>"$AIOS_WORK/$1/payload/settings"
}

# guest_start NAME LIMIT: run guest NAME, whose kernel and payload lie in AIOS_WORK/NAME, to its
# end. Leaves `console` and `reports` in LOG_DIR/NAME.
guest_start()
{
	local dir=$AIOS_WORK/$1
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_root bash -euc '
		cd "/aios/$1"
		qemu-img create -q -f qcow2 -F raw -b "$4/guest/disk.img" disk.qcow2
		mke2fs -q -t ext4 -L aios-payload -O ^has_journal -m 0 -d payload payload.img \
			$(($(du -sk payload | cut -f1) * 2 + 4096))k
		: >reports
		exec timeout --kill-after=2 "$2" qemu-system-x86_64 "${@:6}" \
			-smp "$3" -nodefaults -no-user-config -display none -nic none -rtc clock=vm \
			-kernel kernel -append "root=PARTUUID='"$GUEST_PARTUUID"' rootwait rw tsc=reliable \
				console=ttyS0 quiet panic=1 oops=panic systemd.show_status=no $5" \
			-drive file=disk.qcow2,if=none,id=root,cache=unsafe \
			-device nvme,drive=root,serial=root \
			-drive file=payload.img,format=raw,if=none,id=payload,readonly=on \
			-device nvme,drive=payload,serial=payload \
			-serial file:console -serial file:reports
	' bash "$1" "$2" "$GUEST_CPUS" "$AIOS_CACHE" "$GUEST_APPEND" "${ACCEL[@]}" -m "$GUEST_MEMORY" \
		"${GUEST_NODES[@]}" >"$LOG_DIR/$1/qemu" 2>&1
}

# guest_open NAME: what stays of guest NAME, to be called before guest_run and guest_follow
guest_open()
{
	mkdir -p "$LOG_DIR/$1"
	touch "$LOG_DIR/$1/console" "$LOG_DIR/$1/reports"
}

# guest_run NAME LIMIT: guest_start, and "@@exit STATUS" as the last line of the reports
guest_run()
{
	local dir=$AIOS_WORK/$1 r=0
	ln -f "$LOG_DIR/$1/console" "$LOG_DIR/$1/reports" "$dir/"
	guest_start "$1" "$2" || r=$?
	rm -rf "$dir"
	printf '\n@@exit %d\n' "$r" >>"$LOG_DIR/$1/reports"
}

# guest_follow NAME PID HANDLER: give each line of the reports to HANDLER as it comes, to the end
# of guest_run, whose status it returns; PID is the process that runs it
guest_follow()
{
	local line
	while IFS= read -r line; do
		line=${line%$'\r'}
		[[ $line != "@@exit "* ]] || return "${line#* }"
		"$3" "$line"
	done < <(tail -n +1 -s 0.1 -f --pid="$2" "$LOG_DIR/$1/reports")
	return 1
}
