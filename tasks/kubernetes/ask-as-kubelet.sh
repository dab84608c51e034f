# Asks an API server for the lease of this host's Node, with the credentials of its kubelet, and prints what it says. It verifies that the
# authority of the cluster has signed the certificate, and that the certificate names the server. It goes through a proxy if the kubelet does: the
# variables are those of its process. No configuration of curl takes part.
#
# $1 the URL of the server, such as https://api.example.org:6443
# $2 the name of the Node
#
# Exit status: 0; 90 if neither kubectl nor curl is installed; otherwise that of the program, which says why on standard error.

path="/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/$2"
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
pid=$(systemctl show -p MainPID kubelet 2>/dev/null)
for name in https_proxy HTTPS_PROXY no_proxy NO_PROXY; do
  unset "$name"
  value=$(tr '\0' '\n' 2>/dev/null <"/proc/${pid#MainPID=}/environ" | sed -n "s/^$name=//p")
  [ -z "$value" ] || export "$name=$value"
done
if command -v kubectl >/dev/null; then
  exec kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout=8s --server "$1" get --raw "$path"
fi
command -v curl >/dev/null || exit 90
client=/var/lib/kubelet/pki/kubelet-client-current.pem
exec curl -q -gsSf --connect-timeout 4 --max-time 8 --cacert /etc/kubernetes/pki/ca.crt \
  --cert "$client" --key "$client" "$1$path"
