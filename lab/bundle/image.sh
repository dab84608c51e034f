#!/bin/bash
# Makes an image archive such as `docker save` writes, without a registry or a container engine.
#
#   image.sh OUT.tar REFERENCE[,REFERENCE] ENTRYPOINT LAYER...
#
# A LAYER is a folder or a tar of one. The same folder always becomes the same layer: containerd keeps one copy of a layer
# that several images have.
set -euo pipefail
out=$(realpath -m "${1:?OUT.tar}") references=${2:?REFERENCE} entry=${3:?ENTRYPOINT}
shift 3
stage=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$stage"' EXIT

ids='' paths=()
for layer; do
  if [ -d "$layer" ]; then
    tar -C "$layer" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$stage/layer.tar" .
    layer=$stage/layer.tar
  fi
  sum=$(sha256sum "$layer" | cut -d' ' -f1)
  mkdir -p "$stage/$sum"
  if [ "$layer" = "$stage/layer.tar" ]; then mv "$layer" "$stage/$sum/"; else ln -s "$(realpath "$layer")" "$stage/$sum/layer.tar"; fi
  ids="$ids,\"sha256:$sum\""
  paths+=("$sum/layer.tar")
done
printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":["%s"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
  "$entry" "${ids#,}" >"$stage/config"
config=$(sha256sum "$stage/config" | cut -d' ' -f1)
mv "$stage/config" "$stage/$config.json"
printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":[%s]}]' "$config" "${references//,/\",\"}" "$(printf ',"%s"' "${paths[@]}" | cut -c 2-)" >"$stage/manifest.json"
tar -C "$stage" --dereference -cf "$out" manifest.json "$config.json" "${paths[@]}"
