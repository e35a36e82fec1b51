# The image of the web, worker and scheduler processes: one image, three commands (docker-compose.yml).
#   docker build -f docker/site.Dockerfile -t courseplatform/site .
ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS build
ARG PIP_ARGS=""
ARG WHEELS=wheelhouse
COPY ${WHEELS}/ /wheels/
COPY requirements.lock /build/
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --no-compile ${PIP_ARGS} --require-hashes -r /build/requirements.lock \
 && rm -rf /opt/venv/lib/python3*/site-packages/pip /opt/venv/lib/python3*/site-packages/pip-*.dist-info \
 && { /opt/venv/bin/python -m compileall -q -j 0 /opt/venv/lib || true; }

FROM ${BASE_IMAGE}
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin site
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 LANG=C.UTF-8 HOME=/tmp VAR_DIR=/app/var
COPY manage.py /app/
COPY autograders/ /app/autograders/
COPY courseplatform/ /app/courseplatform/
COPY assignments/ /app/assignments/
COPY content/ /app/content/
WORKDIR /app
# Gathered at build time with a key that signs nothing: the running site is given its own.
RUN python -m compileall -q autograders courseplatform assignments manage.py \
 && HOSTED=yes ALLOWED_HOSTS=localhost SECRET_KEY=only-for-gathering-static-files-at-build-time python manage.py collectstatic --noinput -v 0 \
 && chown site:site /app/var
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "courseplatform.wsgi:application"]
