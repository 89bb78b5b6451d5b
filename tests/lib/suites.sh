# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The suites package, guest and figures, which work on the packages of this tree.

PACKAGE_TEST_LIMIT=900
GUEST_TEST_LIMIT=120
ALL_KERNELS=(current 6.18 6.12)

# The name of a test in arguments and results
test_name()
{
	basename "$1" .sh
}

# --- package

# Each executable in tests/package is a test. It runs in the build root, as root, on an overlay
# of its own. AIOS_PACKAGES is the directory with the .deb, .rpm, .changes and .buildinfo files of
# this build, AIOS_SOURCE the sources, which it may not change: other tests use them too. Exit
# status 0 is a pass, 77 a skip with the last line of the output as the reason, any other a
# failure. There is no network. Without a build root tests run as the user, on this machine.
suite_package()
{
	local test name=
	note "testing the packages"
	for test in "$AIOS_WORK"/src/tests/package/*; do
		if [ ! -f "$test" ] || [ ! -x "$test" ] || ! wanted_test package "$(test_name "$test")"; then
			continue
		fi
		name=${test##*/}
		timed_result "package/$(test_name "$test")" "$LOG_DIR/package-$(test_name "$test").log" \
			package_test "$name"
	done
	[ -n "$name" ] || failed "package: no test ran" 0
}

package_test()
{
	in_build env AIOS_PACKAGES="$BUILD_WORK/packages" AIOS_SOURCE="$BUILD_WORK/src" \
		timeout --kill-after=5 "$PACKAGE_TEST_LIMIT" "$BUILD_WORK/src/tests/package/$1"
}

# --- guest

# declared TEST WHAT DEFAULT: a declaration in the head of a guest test
declared()
{
	local value
	value=$(sed -n -e "s/^# $2: *//p" -e '/^[^#]/q' "$1" | head -n 1)
	echo "${value:-$3}"
}

# Kernels a guest test runs on
test_kernels()
{
	local kernels
	kernels=$(declared "$1" kernels current)
	echo "${kernels/#all/${ALL_KERNELS[*]}}"
}

has_own_boot()
{
	[ "$(declared "$1" boot shared)" = own ] || [ "$(declared "$1" packages installed)" = none ]
}

# test_machine TEST: a name for the machine it asks for; tests that want the same one share a boot
test_machine()
{
	local machine
	if has_own_boot "$1"; then
		test_name "$1"
		return
	fi
	machine="$(declared "$1" cpus "") $(declared "$1" nodes "") $(declared "$1" append "") $(declared "$1" clock "")"
	[ -n "${machine// /}" ] || machine=default
	tr -cs 'a-z0-9\n' - <<<"$machine" | sed 's/^-//; s/-$//'
}

# State of the guest whose reports are being read
GUEST_NAME=  # prefix of the results
GUEST_DIR=   # of its logs
GUEST_TEST=  # the test that runs, or nothing
GUEST_LINES=() # what it printed since its last report
declare -A GUEST_RESULTS # test -> number of its results; unset until it began
declare -A GUEST_ENDED   # tests that came to their end
GUEST_SECTION=           # of the test: see section in tests/guest/lib.sh

# Results of the tests that have sections, "TEST KERNEL SECTION" -> number
declare -A TABLE_PASSED=() TABLE_ALL=()
TABLE_SECTIONS=()

# table_count FUNCTION: a result of the section at hand
table_count()
{
	local key="${GUEST_TEST%.sh} ${GUEST_NAME#guest/} $GUEST_SECTION"
	[ -n "$GUEST_SECTION" ] && [ "$1" != skipped ] || return 0
	TABLE_ALL[$key]=$((${TABLE_ALL[$key]-0} + 1))
	[ "$1" = failed ] || TABLE_PASSED[$key]=$((${TABLE_PASSED[$key]-0} + 1))
}

table_begin_section()
{
	GUEST_SECTION=$1
	[[ " ${TABLE_SECTIONS[*]} " == *" $1 "* ]] || TABLE_SECTIONS+=("$1")
}

# A row for each test with sections on each kernel: how many of its checks passed, of how many
table_print()
{
	local row section key
	[ ${#TABLE_ALL[@]} -gt 0 ] || return 0
	printf '\n%-16s %-8s' test kernel
	printf ' %8s' "${TABLE_SECTIONS[@]}"
	printf '\n'
	while read -r row; do
		# shellcheck disable=SC2086 # two words
		printf '%-16s %-8s' $row
		for section in "${TABLE_SECTIONS[@]}"; do
			key="$row $section"
			printf ' %8s' "${TABLE_ALL[$key]+${TABLE_PASSED[$key]-0}/${TABLE_ALL[$key]}}"
		done
		printf '\n'
	done < <(printf '%s\n' "${!TABLE_ALL[@]}" | cut -d ' ' -f 1,2 | sort -u)
	printf '\n'
}

# guest_result FUNCTION CHECK [ARGUMENT...]
guest_result()
{
	local function=$1 check=$2
	shift 2
	GUEST_RESULTS[$GUEST_TEST]=$((${GUEST_RESULTS[$GUEST_TEST]-0} + 1))
	table_count "$function"
	"$function" "$GUEST_NAME/${GUEST_TEST%.sh}${check:+: $check}" "$@"
	GUEST_LINES=()
}

# guest_failed CHECK MILLISECONDS
guest_failed()
{
	local file
	file=$LOG_DIR/failed-$((NR_FAILED + 1)).output
	printf '%s\n' "${GUEST_LINES[@]}" >"$file"
	guest_result failed "$1" "$2" "$file"
}

# to_ms SECONDS.TENTH
to_ms()
{
	echo $((10#${1/./} * 100))
}

# guest_test_ended STATUS: a test may also be one result as a whole
guest_test_ended()
{
	GUEST_ENDED[$GUEST_TEST]=yes
	case $1 in
	0) [ -n "${GUEST_RESULTS[$GUEST_TEST]-}" ] || guest_result passed "" 0 ;;
	77) guest_result skipped "" "${GUEST_LINES[-1]-no reason given}" ;;
	124 | 137) guest_failed "time limit" 0 ;;
	*) guest_failed "ended with status $1" 0 ;;
	esac
	GUEST_TEST=
}

# guest_crashed "TEST[ again]": a boot nobody asked for; again: the test begins anew. qemu 10.0, when
# it emulates several CPUs at a time, may go on with a breakpoint that the kernel has taken out of
# its own code already, which attaching a scheduler does a lot: no failure of the test.
guest_crashed()
{
	local again=${1#"${1% again}"}
	GUEST_TEST=${1% again}
	if [ -n "$again" ] && grep -a 'Oops: ' "$LOG_DIR/$GUEST_DIR/console" | tail -n 1 | grep -q int3; then
		note "$GUEST_NAME/${GUEST_TEST%.sh}: the emulator ran code that was no more: once again"
		return
	fi
	guest_failed "the guest crashed" 0
	[ -n "$again" ] || GUEST_ENDED[$GUEST_TEST]=yes
	GUEST_TEST=
}

# guest_line LINE: one line of the reports
guest_line()
{
	local what rest
	read -r what rest <<<"$1"
	case $what in
	@@begin)
		GUEST_TEST=$rest
		GUEST_SECTION=
		GUEST_LINES=()
		;;
	@@section) table_begin_section "$rest" ;;
	@@ok) guest_result passed "${rest#* }" "$(to_ms "${rest%% *}")" ;;
	@@fail) guest_failed "${rest#* }" "$(to_ms "${rest%% *}")" ;;
	@@skip) guest_result skipped "${rest%%: *}" "${rest#*: }" ;;
	@@end) guest_test_ended "${rest##* }" ;;
	@@crash) guest_crashed "$rest" ;;
	@@*) ;;
	"") ;;
	figure:) note "$GUEST_NAME/${GUEST_TEST%.sh}: $rest" ;;
	*) GUEST_LINES+=("$1") ;;
	esac
}

# The guests of a suite, each one boot: "NAME KERNEL TEST..."
GUESTS=()       # the long ones, of the default machine
OTHER_GUESTS=() # of other machines and of tests with a boot of their own

# guest_plan NAME TEST...: what runner does in guest NAME; prints the guest's time limit
guest_plan()
{
	local dir=$AIOS_WORK/$1/payload test limit sum=$GUEST_BOOT_LIMIT
	shift
	for test in "$@"; do
		limit=$(declared "$test" limit "$GUEST_TEST_LIMIT")
		echo "$limit ${test##*/}" >>"$dir/plan"
		sum=$((sum + limit + 60)) # a test may reboot
	done
	echo "$sum"
}

# run_guest NAME KERNEL TEST...
run_guest()
{
	local name=$1 kernel=$2 install=yes shared=yes limit
	shift 2
	! has_own_boot "$1" || shared=no
	# shellcheck disable=SC2034 # for guest_start
	GUEST_CPUS=$(declared "$1" cpus "$GUEST_CPUS_DEFAULT")
	# shellcheck disable=SC2046 # one word for each node
	guest_nodes $(declared "$1" nodes "")
	# shellcheck disable=SC2034
	GUEST_APPEND=$(declared "$1" append "")
	[ "$(declared "$1" packages installed)" = installed ] || install=no
	guest_payload "$name"
	guest_settings "$name" "$kernel" "$install" "$shared"
	limit=$(guest_plan "$name" "$@")
	if ! goes_by_clock "$1"; then
		count_instructions
		[ "$(declared "$1" clock "")" != turns ] || shorten_turns
		limit=$((limit * 4)) # its seconds take longer than ours
	fi
	guest_kernel "$kernel" "$AIOS_WORK/$name/kernel"
	guest_run "$name" "$limit"
}

# read_guest PID NAME KERNEL TEST...: the results of a guest that process PID runs
read_guest()
{
	local pid=$1 name=$2 kernel=$3 test
	shift 3
	GUEST_NAME=guest/$kernel
	GUEST_DIR=$name
	GUEST_TEST=
	GUEST_LINES=()
	GUEST_RESULTS=()
	GUEST_ENDED=()
	note "guest $name: $# test(s), log $LOG_DIR/$name/console"
	guest_follow "$name" "$pid" guest_line || note "guest $name was ended by its time limit or qemu failed"
	for test in "$@"; do
		GUEST_TEST=${test##*/}
		[ -n "${GUEST_ENDED[$GUEST_TEST]-}" ] && continue
		mapfile -t GUEST_LINES < <(printf '%s\n' "${GUEST_LINES[@]}"
			tail -n 15 "$LOG_DIR/$name/console" "$LOG_DIR/$name/qemu")
		guest_failed "the guest ended before the test did" 0
	done
}

# goes_by_clock TEST: whether its time is that of the clock, if it does not say so itself
goes_by_clock()
{
	local clock=real
	[ "$(suite_of "$1")" = guest ] || clock=instructions
	[ "${ACCEL[1]}" = kvm ] || [ "$(declared "$1" clock $clock)" = real ]
}

# guests_at_a_time TEST...: much of a guest's time is waiting, so two share this machine. Only what
# measures by the clock must be alone.
guests_at_a_time()
{
	local test nr=2
	[ "$(nproc)" -ge 2 ] || nr=1
	for test in "$@"; do
		[ "$(suite_of "$test")" = guest ] || ! goes_by_clock "$test" || nr=1
	done
	echo $nr
}

# run_guests NR: all of GUESTS, NR at a time
run_guests()
{
	local guest
	for guest in "${GUESTS[@]}"; do
		[ "$(jobs -rp | wc -l)" -lt "$1" ] || wait -n
		# shellcheck disable=SC2086 # words
		run_guest $guest &
	done
	wait
}

# read_guests PID: their results, in the order of GUESTS; PID is the process of run_guests
read_guests()
{
	local guest
	for guest in "${GUESTS[@]}"; do
		# shellcheck disable=SC2086 # words
		read_guest "$1" $guest
	done
}

# runs_on KERNEL TEST: older kernels have nothing but the schedulers' lives in a quick run
runs_on()
{
	[[ " $(test_kernels "$2") " == *" $1 "* ]] || return 1
	[ "$QUICK" = no ] || [ "$(test_kernels "$2")" = "$1" ] || [ "$1" = current ] ||
		[ "$(test_machine "$2")" = default ]
}

# add_guests KERNEL TEST...: one for each machine the tests ask for
add_guests()
{
	local kernel=$1 test machine reason
	local -A machines=() # name -> tests
	shift
	reason=$(guest_kernel "$kernel" "$AIOS_WORK/kernel") && reason=
	for test in "$@"; do
		runs_on "$kernel" "$test" || continue
		if [ -n "$reason" ]; then
			skipped "guest/$kernel/$(test_name "$test")" "$reason"
		else
			machines[$(test_machine "$test")]+=" $test"
		fi
	done
	for machine in "${!machines[@]}"; do
		case $machine in
		default) GUESTS+=("$kernel $kernel${machines[default]}") ;;
		*) OTHER_GUESTS+=("$kernel-$machine $kernel${machines[$machine]}") ;;
		esac
	done
}

# The suite a file in tests/guest belongs to
suite_of()
{
	case ${1##*/} in
	figure_*) echo figures ;;
	*) echo guest ;;
	esac
}

# guest_tests SUITE: its tests that are wanted
guest_tests()
{
	local test
	for test in "$AIOS_WORK"/src/tests/guest/*.sh; do
		if [ -x "$test" ] && [ "$(suite_of "$test")" = "$1" ] &&
			wanted_test "$1" "$(test_name "$test")"; then
			printf '%s\n' "$test"
		fi
	done
}

# Programs for the guests, from the same sources as the packages
build_guest_programs()
{
	in_build meson setup -Dtests=enabled -Dman=disabled "$BUILD_WORK/build-guest" "$BUILD_WORK/src" &&
		in_build meson compile -C "$BUILD_WORK/build-guest" guest-programs
}

need_guest_programs()
{
	[ "$PROGRAMS_BUILT" = unknown ] || return
	PROGRAMS_BUILT=no
	step guest-programs "building what the guests need beside the packages" build_guest_programs &&
		PROGRAMS_BUILT=yes
}

# suite_guest SUITE: guest, or figures. Figures are for people: what a test measured is printed,
# and none of it is a failure.
suite_guest()
{
	local kernel tests guest
	GUESTS=() OTHER_GUESTS=()
	mapfile -t tests < <(guest_tests "$1")
	if [ ${#tests[@]} -eq 0 ]; then
		failed "$1: no test ran" 0
		return
	fi
	need_guest_programs
	if [ "$PROGRAMS_BUILT" = no ]; then
		failed "$1: the programs for the guests could not be built" 0
		return
	fi
	choose_accel
	for kernel in "${ALL_KERNELS[@]}" no-scx; do
		add_guests "$kernel" "${tests[@]}"
	done
	GUESTS+=("${OTHER_GUESTS[@]}")
	for guest in "${GUESTS[@]}"; do
		guest_open "${guest%% *}"
	done
	run_guests "$(guests_at_a_time "${tests[@]}")" &
	read_guests $!
	table_print
}
