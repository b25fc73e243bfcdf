# The image of the product: `topup serve` by default, any other `topup` command by name.
#
# Built from the committed lock file alone. docs/howto/deploy.md says how to run it.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN ["python", "-m", "venv", "/opt/topup"]
COPY requirements.lock ./
RUN ["/opt/topup/bin/python", "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", "requirements.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY topup ./topup
RUN ["/opt/topup/bin/python", "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "."]

FROM python:3.11-slim
RUN ["useradd", "--system", "--uid", "10001", "--user-group", "--create-home", "--home-dir", "/var/lib/topup", "topup"]
COPY --from=build /opt/topup /opt/topup
ENV PATH=/opt/topup/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 TOPUP_HOME=/var/lib/topup HOST=0.0.0.0 PORT=8000
USER topup
WORKDIR /var/lib/topup
EXPOSE 8000
# Requests in progress are answered after this signal.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/api/health/', timeout=4)"]
CMD ["topup", "serve"]
