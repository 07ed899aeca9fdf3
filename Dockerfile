# Front-end files: what scripts/vendor.mjs copies out of the locked npm packages.
FROM node:22-slim AS front
WORKDIR /srv/spekty
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=optional --omit=dev
COPY . .
RUN node scripts/vendor.mjs

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=spekty.settings.prod SPEKTY_VAR=/srv/spekty/var
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home spekty
WORKDIR /srv/spekty
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY --chown=spekty . .
COPY --from=front --chown=spekty /srv/spekty/static/vendor static/vendor
RUN mkdir -p var/media && chown -R spekty var
USER spekty
# Nothing is connected to while collecting: the values only satisfy the settings.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    GED_URL=http://build GED_USER=build GED_PASSWORD=build EMAIL_HOST=build python manage.py collectstatic --noinput
EXPOSE 8000
CMD ["gunicorn", "spekty.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--worker-class", "gthread", "--max-requests", "2000", "--max-requests-jitter", "200", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
