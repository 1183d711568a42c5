#!/bin/sh
# Makes .venv with the tested set of libraries: `tools/setup.sh run` or `tools/setup.sh dev` (with the test tools).
# Does nothing when the stamp says that it was done for these very pyproject.toml and constraints.txt.
set -eu
cd "$(dirname "$0")/.."
extra=${1:-run}
key=$(cat pyproject.toml constraints.txt | cksum)
venv_works() { [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; }
stamped() { [ "$(cat ".venv/.installed-$1" 2>/dev/null)" = "$key" ]; }

if venv_works && { stamped "$extra" || stamped dev; }; then
    exit 0
fi

# The first Python that runs and is of a version that the libraries have wheels for.
python=""
if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.13 python3.12 python3.11 python; fi
for name; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    found=$({ "$1" -V || echo none; } 2>&1 | head -n 1)
    echo "问报需要 Python 3.11、3.12 或 3.13（找到的是：$found）。请安装后重试，或指明路径：make run PYTHON=/path/to/python3.11" >&2
    exit 2
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    echo "$python 缺少 venv 模块，无法建立环境。在 Debian 或 Ubuntu 上请先运行：sudo apt install python3-venv" >&2
    exit 2
fi

if ! venv_works; then
    echo "正在建立环境 .venv（$("$python" -V)）……" >&2
    "$python" -m venv --clear .venv
fi
what="."
[ "$extra" = dev ] && what=".[dev]"
echo "正在安装依赖（首次约两三分钟）……" >&2
.venv/bin/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e "$what"
echo "$key" > ".venv/.installed-$extra"
