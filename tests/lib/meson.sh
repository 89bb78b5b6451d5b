# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Builds with meson, and the suites of `meson test`. The sources are $BUILD_WORK/src.

# meson_compile NAME OPTION...: a build of its own in $BUILD_WORK/build-NAME
meson_compile()
{
	local name=$1
	shift
	in_build meson setup --fatal-meson-warnings -Dwerror=true "$@" \
		"$BUILD_WORK/build-$name" "$BUILD_WORK/src" &&
		in_build meson compile -C "$BUILD_WORK/build-$name"
}

# meson_test NAME SUITE...: run the tests of a build
meson_test()
{
	local name=$1 suites=()
	shift
	mapfile -t suites < <(printf -- '--suite\n%s\n' "$@")
	in_build env ASAN_OPTIONS=halt_on_error=1:detect_leaks=1 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		meson test -C "$BUILD_WORK/build-$name" --no-rebuild --print-errorlogs "${suites[@]}"
}

# meson_results SUITE...: a result for each test of the gcc build, and for a suite without any
meson_results()
{
	local status suite name milliseconds reason results seen=' ' dir=$LOG_DIR/tests
	mkdir -p "$dir"
	# all of it first: the outputs of failed tests are in place only then
	mapfile -t results < <(python3_of_build "$AIOS_WORK/build-gcc/meson-logs/testlog.json" "$dir" "$@")
	while IFS=$'\t' read -r status suite name milliseconds reason; do
		seen+="$suite "
		case $status in
		ok) passed "$suite/$name" "$milliseconds" ;;
		skip) skipped "$suite/$name" "$reason" ;;
		*) failed "$suite/$name" "$milliseconds" "$dir/$reason" ;;
		esac
	done < <([ ${#results[@]} -eq 0 ] || printf '%s\n' "${results[@]}")
	for suite in "$@"; do
		[[ $seen == *" $suite "* ]] || failed "$suite: no test ran" 0
	done
}

# The build has python3 because meson is written in it; this machine may have none.
python3_of_build()
{
	local log=$1 dir=$2 r=0
	shift 2
	mkdir -p "$AIOS_WORK/outputs"
	in_build python3 "$BUILD_WORK/src/tests/lib/testlog.py" \
		"$BUILD_WORK/build-gcc/meson-logs/${log##*/}" "$BUILD_WORK/outputs" "$@" || r=$?
	find "$AIOS_WORK/outputs" -type f -exec mv -t "$dir" {} +
	return "$r"
}

# suites_meson SUITE...: style unit bpf cli
suites_meson()
{
	local suite
	if ! step gcc-build "building with gcc" meson_compile gcc; then
		for suite in "$@"; do
			failed "$suite: the build failed" 0
		done
		return
	fi
	# a failed test is a result of its own, read from meson's log
	note "running the tests of $*"
	meson_test gcc "$@" >"$LOG_DIR/gcc-test.log" 2>&1
	meson_results "$@"
}

# Those that are in a build unless it is told otherwise
feature_options()
{
	# shellcheck disable=SC2016 # python
	in_build meson introspect --buildoptions "$BUILD_WORK/src/meson.build" | in_build python3 -c '
import json, sys
for option in json.load(sys.stdin):
    if option["section"] == "user" and option["value"] == "auto":
        print(option["name"])'
}

# As packages are built, but for assert(): what only an optimizer finds is an error too
build_optimized()
{
	meson_compile optimized -Doptimization=3 -Db_ndebug=true && meson_test optimized unit bpf cli
}

build_sanitized()
{
	meson_compile sanitized -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debug &&
		meson_test sanitized unit bpf
}

build_fuzz()
{
	meson_compile fuzz --native-file "$BUILD_WORK/src/tests/lib/clang.ini" -Dfuzz=enabled \
		-Db_sanitize=address,undefined -Db_lundef=false && meson_test fuzz fuzz
}

suite_build()
{
	note "building in other ways"
	timed_result build/clang "$LOG_DIR/build-clang.log" \
		meson_compile clang --native-file "$BUILD_WORK/src/tests/lib/clang.ini"
	timed_result build/optimized "$LOG_DIR/build-optimized.log" build_optimized
	timed_result build/sanitizers "$LOG_DIR/build-sanitizers.log" build_sanitized
	timed_result build/fuzz "$LOG_DIR/build-fuzz.log" build_fuzz
	without_features
}

# Each feature left out, and then all of them
without_features()
{
	local feature features disabled=()
	mapfile -t features < <(feature_options)
	for feature in "${features[@]}"; do
		disabled+=("-D$feature=disabled")
		[ "$QUICK" = no ] || continue
		timed_result "build/without-$feature" "$LOG_DIR/build-without-$feature.log" \
			meson_compile "without-$feature" "-D$feature=disabled"
	done
	timed_result build/minimal "$LOG_DIR/build-minimal.log" \
		meson_compile minimal --auto-features=disabled "${disabled[@]}"
}
