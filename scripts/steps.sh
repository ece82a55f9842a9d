# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For ./demo and ./test: one line a step, everything else in a log.

logs=build/logs

# step "what is done" COMMAND...: runs the command with its output in a log;
# shows the log's end and leaves if it fails.
step() {
  local what=$1 started=$SECONDS log
  shift
  mkdir -p "$logs"
  log=$logs/$(tr -c 'a-z0-9\n' '-' <<<"${what,,}").log
  printf '%-44s' "$what"
  if "$@" >"$log" 2>&1; then
    printf '%5d s\n' $((SECONDS - started))
  else
    printf 'FAILED\n'
    tail -n 30 "$log" | sed 's/^/  | /'
    echo "The whole output is in $log"
    exit 1
  fi
}

# configure PRESET [OPTION...]: only where it never happened; later changes are
# noticed by the build itself.
configure() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" "$@"
}

# As many jobs as processors, unless the user says otherwise.
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$(nproc)}
