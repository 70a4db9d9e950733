# Sourced by ./run and ./test: what the build needs, installed once, from Debian's packages.

need_root() {
  if [ "$(id -u)" -eq 0 ]; then
    SUDO=""
  elif command -v sudo >/dev/null 2>&1; then
    SUDO="sudo"
  else
    echo "Some Debian packages are missing ($*). Run this once as root, or install sudo." >&2
    exit 1
  fi
}

# install_missing PACKAGE...: installs those that dpkg does not know as installed; silent where all are.
install_missing() {
  missing=""
  for package in "$@"; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
      missing="$missing $package"
    fi
  done
  [ -z "$missing" ] && return 0
  # shellcheck disable=SC2086
  need_root $missing
  echo "Installing:$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! { $SUDO apt-get update -qq && $SUDO env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq \
         --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install:$missing. Is the network there, and is this Debian 12?" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  # Debian starts what it installs, and Squid would take the port that ./run listens on.
  case "$missing" in
    *squid*)
      if [ -d /run/systemd/system ] && ! $SUDO systemctl disable --now squid >/dev/null 2>&1; then
        echo "Squid was installed for the tests and may run on port 3128: systemctl disable --now squid" >&2
      fi
      ;;
  esac
}

BUILD_PACKAGES="g++ cmake git ninja-build ccache lld ca-certificates libboost1.81-dev libssl-dev libyaml-cpp-dev
libfmt-dev libsqlite3-dev libcli11-dev libcrypt-dev libre2-dev libhowardhinnant-date-dev tzdata uap-core libpsl-dev
publicsuffix libnghttp2-dev zlib1g-dev libzstd-dev libjemalloc-dev libqrencode-dev libldap-dev
libcurl4-openssl-dev"
TEST_PACKAGES="libgtest-dev libmaxminddb-dev nginx-light curl openssl python3 python3-yaml
python3-jsonschema python3-websockets chromium libnss3-tools nghttp2-client nghttp2-server python3-h2
python3-grpcio python3-urllib3 git rclone wget slapd ldap-utils python3-aiosmtpd rsyslog"
# A Squid that obeys lists of ours; whoever has one keeps it.
[ -x /usr/sbin/squid ] || TEST_PACKAGES="$TEST_PACKAGES squid-openssl"
DEMO_PACKAGES="python3 python3-yaml openssl"
PERF_PACKAGES="libnghttp2-dev libbenchmark-dev nginx-light haproxy sslsplit squid-openssl mitmproxy openssl strace linux-perf
gnuplot-nox util-linux python3"
SDK_PACKAGES="nodejs npm awscli s3cmd"
FUZZ_PACKAGES="clang-19 libclang-rt-19-dev lld-19"

# The console is built with these; whoever has a newer Node.js than Debian's has npm with it.
command -v npm >/dev/null 2>&1 || BUILD_PACKAGES="$BUILD_PACKAGES nodejs npm"

# configure_and_build PRESET [TARGET]
configure_and_build() {
  preset=$1
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" >"/tmp/sallyport-configure.$$" 2>&1 || {
      cat "/tmp/sallyport-configure.$$" >&2
      rm -f "/tmp/sallyport-configure.$$"
      exit 1
    }
    rm -f "/tmp/sallyport-configure.$$"
  fi
  # Where the console could not be built, it is tried again.
  [ -f "build/$preset/console/MISSING" ] && rm -f "build/$preset/console/console_assets.cc"
  if [ $# -gt 1 ]; then
    cmake --build "build/$preset" --target "$2"
  else
    cmake --build "build/$preset"
  fi
}
