# Replaces every certificate of a control-plane node by one that expired two years ago, signed by the same authority, for the same key,
# names and uses: those of kubeadm, of its kubeconfigs, and the kubelet's own. Authorities stay.
#
# Exit statuses: 0 all were replaced.

set -e
pki=/etc/kubernetes/pki
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/ca.cnf" <<CONFIG
[ca]
default_ca = own
[own]
dir = $work
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copyall
unique_subject = no
[any]
commonName = supplied
organizationName = optional
CONFIG

# $1 the certificate, $2 its key, $3 its authority without its ending
expire() {
  : >"$work/index.txt"
  openssl x509 -x509toreq -copy_extensions copyall -in "$1" -signkey "$2" -out "$work/csr" 2>/dev/null
  openssl ca -batch -notext -config "$work/ca.cnf" -cert "$3.crt" -keyfile "$3.key" -in "$work/csr" -out "$work/crt" \
    -startdate 20230101000000Z -enddate 20240101000000Z -preserveDN 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  cat "$work/crt" >"$1"
}

for name in apiserver apiserver-kubelet-client; do expire "$pki/$name.crt" "$pki/$name.key" "$pki/ca"; done
expire "$pki/front-proxy-client.crt" "$pki/front-proxy-client.key" "$pki/front-proxy-ca"
for name in etcd/server etcd/peer etcd/healthcheck-client apiserver-etcd-client; do
  expire "$pki/$name.crt" "$pki/$name.key" "$pki/etcd/ca"
done
for conf in /etc/kubernetes/*.conf /root/.kube/config; do
  grep -q client-certificate-data "$conf" || continue
  sed -n 's/^ *client-certificate-data: //p' "$conf" | base64 -d >"$work/one.crt"
  sed -n 's/^ *client-key-data: //p' "$conf" | base64 -d >"$work/one.key"
  expire "$work/one.crt" "$work/one.key" "$pki/ca"
  sed -i "s|client-certificate-data: .*|client-certificate-data: $(base64 -w0 "$work/one.crt")|" "$conf"
done
client=/var/lib/kubelet/pki/kubelet-client-current.pem
openssl x509 -in "$client" -out "$work/one.crt"
openssl pkey -in "$client" -out "$work/one.key" 2>/dev/null
expire "$work/one.crt" "$work/one.key" "$pki/ca"
cat "$work/one.crt" "$work/one.key" >"$(readlink -f "$client")"
