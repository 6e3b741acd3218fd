# syntax=docker/dockerfile:1

# Both programs, static. The build needs the module proxy and nothing else.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=devel
ENV CGO_ENABLED=0
RUN go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/ ./cmd/conformd ./cmd/conform-verify \
 && mkdir -p /out/data \
 && cp -r configs /out/share && rm /out/share/*.go

# No shell, no package manager, no root. Only /data is written, so the root file
# system can be mounted read-only: docker run --read-only -v conformd:/data ...
FROM gcr.io/distroless/static:nonroot
COPY --from=build /out/conformd /out/conform-verify /usr/bin/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/share /usr/share/conformd
COPY LICENSE /usr/share/conformd/LICENSE
USER 65532:65532
ENV CONFORMD_CONFIG=/etc/conformd/conformd.yaml \
    CONFORMD_DATA_DIR=/data \
    CONFORMD_WEBHOOKS_LISTEN=:8485
VOLUME /data
# Webhooks alone. The pages stay inside: docs/operations.md says how people reach them.
EXPOSE 8485
ENTRYPOINT ["/usr/bin/conformd"]
CMD ["run"]
