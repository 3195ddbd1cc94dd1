# One image for web, worker, beat and sandbox; docker-compose.yml says which it is.
FROM python:3.13-slim-bookworm AS front-end
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /app brokerage
WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=brokerage.settings
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=front-end /app/node_modules node_modules
# Building needs no database and no secret: development settings, whose var/ is thrown away again.
RUN python -m brokerage.front_end && python -m brokerage.catalogues compile \
 && python manage.py collectstatic --noinput --verbosity 0 --ignore rest_framework --ignore django_htmx \
 && rm -rf node_modules var && mkdir -p var/media && chown -R brokerage var
USER brokerage
EXPOSE 8000
CMD ["gunicorn", "brokerage.wsgi", "--config", "python:brokerage.web_server"]
