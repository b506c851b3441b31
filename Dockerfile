# The bot alone: what requirements.txt locks, and the rooms that app.py imports. How to run it: docs/production.md.
FROM python:3.11-slim AS requirements
WORKDIR /build
COPY requirements.txt .
RUN python -m venv --without-pip /opt/coach \
 && python -m pip --python /opt/coach/bin/python install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/coach/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=3978 LOG_FORMAT=json
WORKDIR /srv/coach
COPY --from=requirements /opt/coach /opt/coach
COPY app.py LICENSE ./
COPY assessment assessment
COPY bot bot
COPY cards cards
COPY content content
COPY dialogs dialogs
COPY jobs jobs
COPY storage storage
# A number, so that a platform that insists on a user other than root can tell. SQLite's file is in var.
RUN python -m compileall -q . && install -d -o 10001 -g 10001 var
USER 10001:10001
VOLUME /srv/coach/var
EXPOSE 3978
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
# No shell in between, so that the bot itself is told to stop.
CMD ["python", "app.py"]
