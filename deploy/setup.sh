#!/bin/sh
# Sets the project up in .venv and looks for a browser. Quick when nothing changed. Called by `make setup`.
#   PYTHON=...       the Python to use (3.11 or newer)
#   NO_UV=1          never use or install uv: venv and pip only
#   BROWSER=install  install a browser by the system's package manager too (CI=true does the same)
set -eu
cd "$(dirname "$0")/.."

lock=requirements.lock
log=.venv/setup.log
# cksum is the one checksum POSIX promises; the place is in the stamp because scripts in .venv carry it.
stamp="$(pwd -P) $(cat "$lock" pyproject.toml deploy/setup.sh | cksum)"

say() { printf '%s\n%s\n' "$1" "$2" >&2; }
die() { say "$@"; exit 1; }

# uv's own list of certificates does not know the authorities added to this machine; an interpreter is never downloaded.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" UV_PYTHON_DOWNLOADS=never

# --- Python ---------------------------------------------------------------------------------------------------------

# A name on PATH proves nothing (version managers leave stubs there), so each one is run.
find_python() {
    for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
        [ -n "$name" ] || continue
        "$name" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null && return
    done
    die "Cần Python 3.11 trở lên; hãy cài đặt, hoặc chỉ rõ: make setup PYTHON=/đường/dẫn/python3" \
        "Python 3.11 or newer is needed; install it, or name it: make setup PYTHON=/path/to/python3"
}

venv_is_usable() {
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    [ ! -f .venv/stamp ] || [ "$(sed 's/ [0-9]* [0-9]*$//' .venv/stamp)" = "$(pwd -P)" ]
}

venv_with_pip() {
    .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        die "Python này thiếu mô-đun venv; trên Debian, Ubuntu hãy chạy: apt-get install python3-venv" \
            "This Python lacks the venv module; on Debian and Ubuntu run: apt-get install python3-venv"
    "$python" -m venv .venv >&2
}

# --- Packages -------------------------------------------------------------------------------------------------------

# The lock without uv, or uv alone: pip needs uv to bootstrap it, and must not need it where uv cannot be had.
lock_of_uv() { awk '/^[a-z0-9]/ { uv = /^uv==/ } uv' "$lock"; }
lock_without_uv() { awk '/^[a-z0-9]/ { uv = /^uv==/ } !uv' "$lock"; }

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@" >>"$log" 2>&1; }

find_uv() {
    [ -z "${NO_UV:-}" ] || return 1
    for name in uv .venv/bin/uv; do
        "$name" --version >/dev/null 2>&1 && echo "$name" && return
    done
    return 1
}

sync_with_uv() { "$uv" pip sync --python .venv/bin/python --require-hashes "$lock" >>"$log" 2>&1; }

sync_with_pip() {
    uv=
    venv_with_pip
    lock_without_uv >.venv/pip.lock
    pip install --require-hashes --no-deps --requirement .venv/pip.lock
}

install_project() {
    if [ -n "$uv" ]; then
        "$uv" pip install --python .venv/bin/python --no-deps --no-build-isolation --editable . >>"$log" 2>&1
    else
        pip install --no-deps --no-build-isolation --editable .
    fi
}

install_packages() {
    python=$(find_python)
    say "Đang cài đặt vào .venv ..." "Setting up in .venv ..."
    venv_is_usable || rm -rf .venv
    if uv=$(find_uv); then
        [ -d .venv ] || "$uv" venv --quiet --python "$python" .venv >&2 || uv=
    elif [ -z "${NO_UV:-}" ]; then
        venv_with_pip
        lock_of_uv >.venv/uv.lock
        : >"$log"
        pip install --require-hashes --only-binary :all: --requirement .venv/uv.lock && uv=.venv/bin/uv
    fi
    [ -d .venv ] || venv_with_pip
    : >"$log"
    { [ -n "$uv" ] && sync_with_uv; } || sync_with_pip ||
        die "Không cài được các gói Python (không tới được kho gói?); chi tiết ở $log" \
            "The Python packages could not be installed (is the package registry out of reach?); details are in $log"
    install_project ||
        die "Không cài được chính dự án này; chi tiết ở $log" "The project itself could not be installed; details are in $log"
    # Where Playwright would keep its own Chromium: asked once, because asking starts a process.
    .venv/bin/python -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as playwright: print(playwright.chromium.executable_path)' >.venv/chromium 2>>"$log" || true
}

# --- Browser: the same order as crawler/browser.py ------------------------------------------------------------------

find_browser() {
    own=$(cat .venv/chromium 2>/dev/null) || own=
    for name in "$own" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

# A browser that was just downloaded may lack the system's libraries.
starts() {
    .venv/bin/python -c 'import sys; from playwright.sync_api import sync_playwright
with sync_playwright() as playwright: playwright.chromium.launch(executable_path=sys.argv[1]).close()' "$1" >>"$log" 2>&1
}

may_use_package_manager() { [ "${CI:-}" = true ] || [ "${BROWSER:-}" = install ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi >>"$log" 2>&1
}

install_browser() {
    say "Đang tìm cách cài trình duyệt (tối đa vài phút) ..." "Trying to install a browser (a few minutes at most) ..."
    limit=$(command -v timeout) || limit=
    if ${limit:+"$limit" 120} .venv/bin/playwright install chromium >>"$log" 2>&1; then
        starts "$(find_browser)" && return
        may_use_package_manager && as_root .venv/bin/playwright install-deps chromium && return
        say "Chromium thiếu thư viện hệ thống; hãy chạy: sudo .venv/bin/playwright install-deps chromium" \
            "Chromium lacks libraries of the system; run: sudo .venv/bin/playwright install-deps chromium"
    elif may_use_package_manager && command -v apt-get >/dev/null; then
        as_root apt-get update || true
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium || true
    fi
}

# --- What happens ---------------------------------------------------------------------------------------------------

fresh=
if [ "$(cat .venv/stamp 2>/dev/null)" != "$stamp" ] || [ ! -x .venv/bin/audit ]; then
    install_packages
    fresh=yes
fi
if ! find_browser >/dev/null; then
    if [ -n "$fresh" ] || may_use_package_manager; then install_browser; fi
    find_browser >/dev/null ||
        say "Không có trình duyệt: vẫn kiểm tra được, phần do mã kịch bản dựng ghi là chưa đo. Để có: make setup BROWSER=install" \
            "No browser: audits work, what scripts draw is reported as not measured. To have one: make setup BROWSER=install"
fi
if [ -n "$fresh" ]; then
    printf '%s\n' "$stamp" >.venv/stamp
    say "Đã cài đặt xong. Trình duyệt: $(find_browser || echo không có)" "Set up. Browser: $(find_browser || echo none)"
fi
