# Handla as a server: words in, words out. Sound is left out: it would add half a gigabyte and piper-tts's GPL.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY voice voice
COPY nlu nlu
COPY commerce commerce
COPY assistant assistant
RUN python -m venv --without-pip /opt/handla && \
    pip --python /opt/handla/bin/python install --no-cache-dir ".[agents,alexa,dialogflow,postgres]"

FROM python:3.13-slim
RUN useradd --uid 10001 --home-dir /var/lib/handla --no-create-home --shell /usr/sbin/nologin handla && \
    install --directory --owner=handla --mode=0700 /var/lib/handla /var/lib/handla-keys
COPY --from=build /opt/handla /opt/handla
ENV PATH=/opt/handla/bin:$PATH \
    HANDLA_SERVER__HOST=0.0.0.0 \
    HANDLA_SHOP__DATABASE=sqlite:////var/lib/handla/handla.db
USER 10001
WORKDIR /var/lib/handla
EXPOSE 8765
HEALTHCHECK --start-period=60s --interval=10s --timeout=5s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8765/health', timeout=4)"]
CMD ["handla", "serve"]
