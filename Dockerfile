# The app with the limits of a public host. docs/hosting.md says how to run the image.
FROM python:3.12-slim AS packages
COPY requirements-lock.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-lock.txt

FROM python:3.12-slim
RUN useradd --system --uid 1000 --no-create-home --home-dir /data fcnlib \
    && install --directory --owner=fcnlib --mode=0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY .streamlit .streamlit
COPY fcnlib fcnlib
COPY pages pages
COPY app.py hosted.py ./
RUN /opt/venv/bin/python -m compileall -q fcnlib pages
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    FCNLIB_CACHE_DIR=/data \
    FCNLIB_HOSTED=1 \
    MALLOC_ARENA_MAX=2 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0
USER fcnlib
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD python -c "import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=8)" \
        "http://127.0.0.1:8501/${STREAMLIT_SERVER_BASE_URL_PATH:+$STREAMLIT_SERVER_BASE_URL_PATH/}_stcore/health"
CMD ["python", "hosted.py"]
