#!/bin/sh
# Makes .venv with a Python that the portal runs on, and installs one pinned file of requirements.
#   scripts/venv.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."
wanted=$1
stamp=.venv/.installed-$(basename "$wanted" .txt)

say() { printf '%s\n' "$*"; }

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
            command -v "$name"
            return
        fi
    done
    say "Python 3.11 or newer is needed. Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13" >&2
    exit 1
}

# Debian and Ubuntu ship Python without its venv module.
install_venv_module() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    as_root=$(id -u | sed 's/^0$//')
    if command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || sudo -n true 2>/dev/null; }; then
        say "Python's venv module is missing: installing python$version-venv"
        ${as_root:+sudo -n} apt-get update -q >/dev/null || true
        ${as_root:+sudo -n} apt-get install -y -q "python$version-venv" >/dev/null
    else
        say "Python's venv module is missing. Install it, then try again: sudo apt-get install python$version-venv" >&2
        exit 1
    fi
}

if [ ! -x .venv/bin/python ] || ! fits .venv/bin/python; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install_venv_module "$python"
    say "Python: making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi

hash=$(.venv/bin/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$wanted")
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$hash" ]; then
    say "Python: installing $wanted (once; about half a minute)"
    # The file is whole, so pip has nothing to resolve: left to it, a newer release of what a package asks for with
    # extras («granian[reload]>=…») is taken before its pin is seen, and refused for want of a hash.
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes -r "$wanted"
    .venv/bin/python -m pip check --quiet --disable-pip-version-check
    .venv/bin/python -m compileall -q -j 0 cabinet
    printf '%s\n' "$hash" >"$stamp"
fi
