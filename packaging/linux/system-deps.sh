#!/bin/sh
# Installs the system libraries that Qt's window needs on Debian and Ubuntu, and what the tests'
# virtual screen needs. Without root or sudo it prints a plain list and ends with 1.
#   system-deps.sh            what the window needs
#   system-deps.sh tests      that, and a virtual screen with what drives and checks it
#   system-deps.sh venv       python3-venv alone
set -u
window="libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
libxcb-shape0 libxcb-xinerama0 libdbus-1-3 libpulse0 libfontconfig1 fonts-dejavu-core libglib2.0-0
libgssapi-krb5-2 libwayland-client0 libwayland-cursor0 libwayland-egl1 libxrandr2"
screen="xvfb openbox xdotool"
checks="ffmpeg curl dbus gnome-keyring openssl gcc libc6-dev pulseaudio pulseaudio-utils weston"
case "${1:-window}" in
  window) wanted="$window"; [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || wanted="$window $screen" ;;
  tests) wanted="$window $screen $checks" ;;
  venv) wanted="python3-venv" ;;
  *) echo "usage: system-deps.sh [window|tests|venv]" >&2; exit 2 ;;
esac
command -v dpkg-query >/dev/null 2>&1 || exit 0  # not Debian: the system's own packages serve
missing=""
for package in $wanted; do
  # Ubuntu's 64-bit time change renamed some: either name counts.
  if ! dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q "ok installed"
  then missing="$missing $package"; fi
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo"
else
  echo "These system packages are missing and cannot be installed without root:$missing" >&2
  echo "Please run: sudo apt-get install$missing" >&2
  exit 1
fi
echo "Installing system packages:$missing"
$as_root apt-get update -qq || true
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing \
  >/dev/null || { echo "Could not install:$missing" >&2; exit 1; }
