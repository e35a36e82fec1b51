# The image that grading containers run: the engine and one environment of packages, compiled, and nothing else.
#   docker build -f docker/sandbox.Dockerfile -t courseplatform/sandbox .
# Where no registry or index can be reached, `make image` names a base of its own and a folder of wheels.
ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS build
ARG ENVIRONMENT=numpy
ARG PIP_ARGS=""
# Which index torch comes from: --index-url and the address of one with CPU builds keeps the image small.
ARG TORCH_ARGS=""
ARG WHEELS=wheelhouse
COPY ${WHEELS}/ /wheels/
COPY docker/sandbox-${ENVIRONMENT}.lock requirements-torch.txt /build/
# Tests, headers and the installer are dead weight in a jail. Compiled here: a read-only root cannot keep what it
# compiles, and a package may ship a file for a newer Python, which is no reason to stop.
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --no-compile ${PIP_ARGS} --require-hashes -r /build/sandbox-${ENVIRONMENT}.lock \
 && if [ "${ENVIRONMENT}" = torch ]; then \
      /opt/venv/bin/pip install --no-cache-dir --no-compile --no-deps ${PIP_ARGS:-${TORCH_ARGS}} -r /build/requirements-torch.txt; \
    fi \
 && site=$(/opt/venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])') \
 && rm -rf "$site"/pip "$site"/pip-*.dist-info "$site"/torch/include "$site"/torch/test \
 && { [ ! -d "$site"/torch/bin ] || find "$site"/torch/bin -type f ! -name torch_shm_manager -delete; } \
 && find "$site" -depth -type d -name tests -exec rm -rf {} + \
 && { /opt/venv/bin/python -m compileall -q -j 0 "$site" || true; }
COPY autograders/ /build/autograders/
RUN site=$(/opt/venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])') \
 && cp -r /build/autograders "$site"/ \
 && /opt/venv/bin/python -m compileall -q "$site"/autograders

FROM ${BASE_IMAGE}
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin grader
COPY --from=build /opt/venv /opt/venv
# One thread a library: a pool started before a fork hangs the children, and a jail has one core.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp LANG=C.UTF-8 MALLOC_ARENA_MAX=2 \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 JOBLIB_MULTIPROCESSING=0
# The build fails here, not the first grading, where a package is missing or a library of the base.
ARG ENVIRONMENT=numpy
RUN python -c "import importlib, sys, msgpack, pyseccomp, pytest; \
from autograders.sandbox.environments import load_environments; \
[importlib.import_module(name) for name in load_environments()[sys.argv[1]].modules]" "${ENVIRONMENT}"
USER 10001:10001
WORKDIR /tmp
