# One image, one program: web (the default), scheduler, migrate. The database stands elsewhere.
FROM debian:12-slim AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates fonts-dejavu-core libcairo2 \
    libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/lagesbild

FROM base AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
COPY requirements requirements
COPY script script
RUN bash -euo pipefail -c '. script/setup; python_packages run; browser_libraries run'
COPY . .

FROM base
# For backup and restore: not older than the database in docker-compose.yml.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install -y --no-install-recommends postgresql-client-16 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/lagesbild --create-home lagesbild
COPY --from=build /srv/lagesbild .
ENV LAGESBILD_ENV=production \
    LAGESBILD_DATA_DIR=/var/lib/lagesbild \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER lagesbild
VOLUME /var/lib/lagesbild
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT [".venv/bin/python", "-P", "-c", "from lagesbild.cli import main; main(prog_name='lagesbild')"]
CMD ["web", "--bind", "0.0.0.0:8000"]
