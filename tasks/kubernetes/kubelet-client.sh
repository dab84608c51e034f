# Gives the kubelet a new client certificate, out of a kubeconfig that kubeadm has just made for it. The kubelet keeps certificate and key
# in one file, and a link to it (kubelet, certificate_store.go): both are new before the link leads to them.
#
# $1 the kubeconfig that kubeadm has made
# $2 the link
# $3 the kubeconfig of the kubelet
#
# The kubeconfig of the kubelet is replaced if it is missing, trusts another authority, or does not name the link.
# Exit status 101: the kubeconfig that kubeadm has made does not have a certificate and a key; nothing was replaced.

new=$1 link=$2 conf=$3 file=${2%-current.pem}-$(date -u +%Y-%m-%d-%H-%M-%S).pem
umask 077

value() { sed -n "s/^ *$1: *//p" "$2" | head -n 1; }

mkdir -p "${link%/*}" || exit
for kind in certificate key; do
  value "client-$kind-data" "$new" | base64 -d || exit
done >"$file.new" || exit
# a kubeconfig without these fields gives an empty file
if ! grep -q 'BEGIN CERTIFICATE' "$file.new" || ! grep -q 'PRIVATE KEY' "$file.new"; then
  rm -f "$file.new"
  exit 101
fi
sync
mv -f "$file.new" "$file" || exit
ln -sfn "$file" "$link.new" && mv -f "$link.new" "$link" || exit

if [ "$(value certificate-authority-data "$new")" != "$(value certificate-authority-data "$conf" 2>/dev/null)" ] ||
  ! grep -q "client-certificate: $link" "$conf" 2>/dev/null; then
  sed "s#client-\([a-z]*\)-data: .*#client-\1: $link#" "$new" >"$conf.new" && mv -f "$conf.new" "$conf" || exit
fi
sync
