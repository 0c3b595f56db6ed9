# The release build of `make run`, in two stages; the image carries the two binaries and nothing else of the build.
# hadolint global ignore=DL3008
FROM rust:1.95-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
 && apt-get install -y --no-install-recommends nodejs npm python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make release

FROM debian:bookworm-slim
# The data folder is made here and closed to others: a new volume takes over its owner and its mode.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin sealdrop \
 && install -d -o sealdrop -g sealdrop -m 0700 /data
COPY --from=build /src/target/release/sealdrop-server /src/target/release/sealdrop /usr/local/bin/
USER 10001:10001
WORKDIR /data
# Not SEALDROP_ADDR, which would hold against the port of a platform.
ENV PORT=3000 SEALDROP_DATA=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=12s --start-period=30s CMD ["sealdrop-server", "health"]
ENTRYPOINT ["sealdrop-server"]
CMD ["serve"]
