/** What stands for Ansible's modules here: `run docs MODULE` and docs/for-ansible-users.md have it from this table. */

/** Modules, by their names in code spans, and what there is for them, with tasks in code spans. */
export type AnsibleRow = readonly [modules: string, here: string]

/** Rows by the collection of the modules; other names are written in full. */
export const ansibleModules: Readonly<Record<string, readonly AnsibleRow[]>> = {
  'ansible.builtin': [
    [
      '`add_host`, `group_by`',
      'not here: the inventory may be a program or a TypeScript module; `pick` chooses hosts at run time',
    ],
    [
      '`apt`, `dnf`, `dnf5`, `yum`, `package`',
      '`package`, with cacheAge for cache_valid_time, recommends for install_recommends and install_weak_deps, enableRepo and disableRepo, and release for default_release; @ID is a group (dnf); update_cache alone is `package-lists`, upgrade of all `package-upgrade`, a file (deb, or name with a path or URL) `package-file` after `download`; autoremove and clean are `command`',
    ],
    [
      '`apt_key`, `rpm_key`',
      '`package-repository`: its key is text, or keyUrl with keyFingerprint; with apt it counts for this repository alone',
    ],
    ['`apt_repository`, `deb822_repository`, `yum_repository`', '`package-repository`'],
    [
      '`assemble`',
      '`assemble` for a folder on the host; parts from here are joined in TypeScript, and given to `file`',
    ],
    ['`assert`', '`assert`'],
    ['`async_status`', 'not here: `join` waits for `background`'],
    ['`blockinfile`', '`block-in-file`'],
    ['`command`', '`command`'],
    [
      '`copy`',
      '`copy` for a file or folder from here, `copy-on-host` for remote_src, `file` with `content` for text; overwrite=false for force=false',
    ],
    [
      '`cron`',
      '`cron`; cron_file is `file`, special_time a schedule such as @daily, env variables, and disabled the same',
    ],
    ['`debconf`', '`debconf`'],
    ['`debug`', '`debug`'],
    ['`dpkg_selections`', '`package-hold`'],
    [
      '`expect`',
      'not here: a dialogue cannot be checked, and its answers would be seen by the program alone; tools that are made for it take them from a file, an option, or `command` with `stdin`; `debconf` for packages; else `script` with expect(1)',
    ],
    ['`fail`', '`fail`'],
    ['`fetch`', '`fetch`'],
    [
      '`file`',
      '`file`, `directory`, `link` (with force for a link in the place of a file); owner and mode of what is there, and nothing made: `permissions`; both take recurse. touch is `file` without content. Links in the path that others control: [security.md](security.md)',
    ],
    [
      '`find`',
      '`find`, whose value is the list, with contains for files with a line; to remove what is old, large or beyond a number: `prune`',
    ],
    [
      '`gather_facts`, `setup`, `package_facts`, `service_facts`',
      'facts are asked for, such as `os-release`, `installed-packages`, `services`: [facts.md](facts.md)',
    ],
    ['`get_url`', '`download`; checksum is the same, also with the URL of a list of sums'],
    ['`getent`', '`users`, `groups`; other databases with `query`'],
    ['`git`', '`git-checkout`'],
    [
      '`subversion`',
      'not here, because few hosts check out from it: `command` with `svn checkout` and `creates`, or with `svn update` and `unless: test "$(svn info --show-item revision DIR)" = N`',
    ],
    ['`group`', '`group`'],
    ['`hostname`', '`hostname`'],
    ['`import_playbook`', 'not here: several plays in one playbook, made by functions that you import'],
    [
      '`import_role`, `include_role`',
      'not a task: a role is a step, `nginx({ sites })`: [roles.md](roles.md)',
    ],
    ['`import_tasks`, `include_tasks`', 'not a task: `import` a function that returns steps'],
    ['`include_vars`', 'not here: `import` a module, or `-e @file`'],
    [
      '`iptables`',
      '`firewall`, which is a table of nftables as one file: rules of other tables stay, and still apply',
    ],
    ['`known_hosts`', '`known-host`; between hosts of the inventory `ssh-access`'],
    ['`lineinfile`', '`line-in-file`'],
    ['`meta`', 'not here: `flushHandlers()`, and `when` of a block in place of `end_host`'],
    ['`mount_facts`', '`mounts`'],
    ['`pause`', '`pause`'],
    ['`ping`', '`run doctor`'],
    [
      '`pip`',
      '`pip`, in a virtual environment or, without virtualenv, for the Python of the host; break_system_packages is the same',
    ],
    ['`raw`', '`command`: no task needs Python'],
    ['`reboot`', '`reboot`'],
    ['`replace`', '`replace`'],
    ['`script`', '`script`'],
    [
      '`service`, `systemd`, `systemd_service`, `sysvinit`',
      '`service` (with masked), `service-restart` (with reload, and ifRunning for try-restart), with systemd and OpenRC. daemon_reload is not needed: a changed unit file is read by itself; the unit itself and drop-ins for it are `systemd-unit`',
    ],
    ['`set_fact`, `set_stats`', '`const`, inside `given(…)` if it is made from a value of the host'],
    ['`shell`', '`shell`'],
    ['`slurp`', '`read`, parsed as JSON, YAML, INI or lines too'],
    ['`stat`', '`stat`'],
    [
      '`tempfile`',
      '`temporary-file`, `temporary-directory`; their path is their value, and a block removes it at its end: [flow.md](flow.md)',
    ],
    ['`template`', '`template`, with overwrite=false for force=false'],
    [
      '`unarchive`',
      '`unarchive`, which reads tar (from here plain or gzip, on the host whatever its tar reads) and zip from here',
    ],
    ['`uri`', '`http-request`; to wait for an answer `wait-for`'],
    [
      '`user`',
      '`user`, with passwordHash(…) for a password in plain text, updatePassword=on-create, and passwordMaxDays and others for password_expire_max; generate_ssh_key is `ssh-key`',
    ],
    [
      '`validate_argument_spec`',
      'not a task: the schema of a task, role or playbook is checked before anything connects',
    ],
    ['`wait_for`', '`wait-for`'],
    ['`wait_for_connection`', '`wait-for-connection`; `reboot` waits by itself'],
  ],
  'ansible.posix, community.general and others': [
    [
      '`ansible.posix.acl`',
      "`command` with `setfacl -m u:ada:rx DIR` and `unless: getfacl -cp DIR | grep -qx 'user:ada:r-x'`; not needed to become an unprivileged user",
    ],
    [
      '`community.general.xattr`',
      '`command` with `setfattr -n NAME -v VALUE FILE` and `unless: test "$(getfattr --only-values -n NAME FILE)" = VALUE`',
    ],
    [
      '`community.general.capabilities`',
      '`command` with `setcap cap_net_bind_service+ep FILE` and `unless: setcap -q -v cap_net_bind_service+ep FILE`',
    ],
    [
      '`community.general.apache2_module`',
      '`command` with `a2enmod NAME` and `creates: /etc/apache2/mods-enabled/NAME.load`; with `a2dismod -f NAME`, `removes` of the same path',
    ],
    [
      '`community.general.pamd`',
      '`line-in-file`, `replace`; a stack of Debian is a profile: `file` in /usr/share/pam-configs, and a handler with `pam-auth-update --package`',
    ],
    [
      '`community.general.snap`',
      '`command` with `snap install NAME` and `unless: snap list NAME`; snapd updates them by itself',
    ],
    ['`ansible.posix.at`', '`at`; what recurs is `cron` or `timer`'],
    [
      '`ansible.posix.authorized_key`',
      '`authorized-key`, also for several keys, and with exclusive for no others',
    ],
    [
      '`ansible.posix.firewalld`, `community.general.ufw`',
      '`firewall`, which is nftables; on a host that keeps firewalld or ufw, `command` with `firewall-cmd --permanent --add-port=443/tcp` and `unless: firewall-cmd --permanent --query-port=443/tcp`',
    ],
    ['`ansible.posix.mount`', '`mount`'],
    [
      '`ansible.posix.patch`',
      'not here, because a patch says how to change a file, and not what it should contain: `line-in-file`, `replace`, `file`; or, after `copy`, `command` with `patch -N -i FILE TARGET` and `unless: patch -R -s -f --dry-run -i FILE TARGET`',
    ],
    [
      '`ansible.posix.selinux`, `ansible.posix.seboolean`, `community.general.seport`, `community.general.sefcontext`',
      '`selinux`, `selinux-boolean`, `selinux-port`, `selinux-fcontext`; not proven on a host where SELinux is on, only with semanage where SELinux is off',
    ],
    [
      '`ansible.posix.synchronize`',
      '`copy`, which with delete=true also removes what does not exist on this machine',
    ],
    ['`ansible.posix.sysctl`', '`sysctl`, with ignoreUnknown for ignoreerrors'],
    ['`community.general.alternatives`', '`alternatives`, with followers for subcommands'],
    ['`community.general.archive`', '`archive`'],
    [
      '`community.general.filesystem`, `lvg`, `lvol`, `parted`',
      'not here, because a wrong guess about a disk loses data: a person decides what is on it. `disks` reads what is there, `mount` mounts it; `command` with vgcreate, lvcreate, sgdisk or mkfs (without -F or -f), and a guard such as `unless: vgs data`',
    ],
    ['`community.general.ini_file`', '`ini-setting`'],
    ['`community.general.locale_gen`', '`locale`'],
    ['`community.general.modprobe`', '`kernel-module`'],
    [
      '`community.general.npm`, `community.general.gem`',
      '`npm-package`, `gem`; a project without package-lock.json gets it by `npm install` once, so that every host has the same versions',
    ],
    ['`community.general.pam_limits`', '`limits`'],
    ['`community.general.sudoers`', '`sudoers`'],
    ['swap: `command` with `mkswap`, and `mount`', '`swap` for a swap file, `swap-off` for none'],
    ['`community.general.timezone`', '`timezone`'],
    ['`community.general.yum_versionlock`, `dnf_versionlock`', '`package-hold`'],
    ['`community.general.pacman`, `zypper`, `apk`', '`package`, `package-lists`, `package-hold`'],
    ['`community.general.zypper_repository`', '`package-repository`'],
    [
      '`community.general.xml`',
      'not here, because no library edits XML and leaves the other bytes as they are: `template` for files of your own, `replace` for a value, or `command` with `xmlstarlet ed -L` and a guard with `xmlstarlet sel`',
    ],
    [
      '`community.mysql.mysql_db`, `mysql_user`, `mysql_variables`',
      '`mysql-database`, `mysql-user` (tls_requires is tls: required for SSL, certificate for X509), `mysql-grant` (with exact unless append_privs is set), `mysql-setting`',
    ],
    [
      '`community.postgresql.postgresql_db`, `postgresql_user`, `postgresql_privs`, `postgresql_ext`, `postgresql_set`',
      '`postgresql-database`, `postgresql-user`, `postgresql-grant`, `postgresql-extension`, `postgresql-setting`; pg_hba.conf is a file',
    ],
    [
      '`community.mysql.mysql_replication`',
      'not here, because its statements differ between versions of MySQL and MariaDB: `query` with `mysql -e "SHOW REPLICA STATUS\\G"`, and `command` with the statements on `stdin`, where a password belongs',
    ],
    ['`community.crypto.openssh_keypair`', '`ssh-key`, with type, bits and path, and regenerate'],
    ['`community.crypto.x509_certificate_info`', '`certificate-expiry`'],
    ['`community.docker.docker_container`, `containers.podman.podman_container`', '`container`'],
    [
      '`community.docker.docker_image`, `docker_image_pull`, `containers.podman.podman_image`',
      '`container` pulls its own; alone, `command` with `docker pull NAME` and `unless: docker image inspect NAME`; an image that is built belongs into a registry',
    ],
    [
      '`community.docker.docker_network`, `docker_volume`, `containers.podman.podman_network`, `podman_volume`',
      '`command` with `docker network create NAME` and `unless: docker network inspect NAME`; `docker volume create NAME` alike',
    ],
    [
      '`community.docker.docker_compose_v2`, `docker_compose_v2_pull`',
      '`file` with compose.yaml, which notifies a handler `command` with `docker compose up --detach --wait` and cwd: compose itself changes only what differs',
    ],
    [
      '`community.docker.docker_login`',
      '`command` with `docker login --username NAME --password-stdin REGISTRY`, the secret on `stdin`, and `unless` with a look into ~/.docker/config.json, where it stays',
    ],
    [
      '`community.general.htpasswd`',
      '`command` with `htpasswd -i FILE NAME`, the password on `stdin`, and `unless` with `htpasswd -v -i FILE NAME` and the same `stdin`',
    ],
    [
      '`community.crypto.openssl_privatekey`, `openssl_csr`, `x509_certificate`',
      '`command` with `openssl genpkey -algorithm ed25519 -out FILE` and `creates`; `openssl req` with `creates`; a certificate of an authority is renewed by its own program, such as certbot or step, and watched by `certificate-expiry`',
    ],
    [
      '`community.crypto.openssl_dhparam`',
      '`command` with `openssl dhparam -out FILE 2048` and `creates`; the groups of RFC 7919, as a `file`, need no time',
    ],
    [
      '`community.mysql.mysql_query`, `community.postgresql.postgresql_query`, `postgresql_script`',
      '`query` with `mysql --batch -e …` or `psql -XAtc …` to read, as the user of the database with become; to change, `command` with the statements on `stdin` and `unless` with a `SELECT` that says whether they were done',
    ],
    [
      '`community.postgresql.postgresql_membership`, `postgresql_owner`, `postgresql_schema`, `postgresql_pg_hba`',
      '`postgresql-user` with memberOf, `postgresql-database` with owner; a schema is `command` with `CREATE SCHEMA IF NOT EXISTS` and a guard; pg_hba.conf is `file` or `block-in-file`, as the order of its lines counts',
    ],
    [
      '`community.general.composer`, `bundler`, `cargo`',
      '`command` with `composer install --no-interaction` in cwd, notified by the file that locks the versions; `npm-package`, `gem` and `pip` have tasks',
    ],
    [
      '`community.rabbitmq.rabbitmq_user`, `rabbitmq_vhost`, `rabbitmq_plugin`',
      '`command` with `rabbitmqctl add_user NAME`, the password on `stdin`, and `unless: rabbitmqctl -q list_users | cut -f 1 | grep -qx NAME`; plugins are `file` with /etc/rabbitmq/enabled_plugins',
    ],
    [
      '`community.general.nmcli`, `community.general.interfaces_file`',
      '`file` with a connection in /etc/NetworkManager/system-connections (mode 0600), and a handler with `nmcli connection reload`: a change of the network that a run comes through needs a second way in',
    ],
    [
      '`community.general.redhat_subscription`, `rhsm_repository`',
      '`command` with `subscription-manager register`, its key in a file of mode 0600 that is removed, and `unless: subscription-manager identity`; repositories with `subscription-manager repos --enable NAME` and a guard',
    ],
    ['`ansible.builtin.cronvar`, `community.general.cronvar`', '`cron` with variables'],
    ['`kubernetes.core.k8s_drain`', '`node-drain`, `node-cordon`, `node-uncordon`'],
    ['`kubernetes.core.k8s`', 'not here in general; `apply-cni` applies the manifest of a pod network'],
    [
      'no module: swap, `/etc/hosts`, trust in a CA, JSON and YAML files, logrotate, systemd timers',
      '`swap-off`, `hosts-entry`, `ca-certificate`, `json-setting`, `yaml-setting`, `logrotate`, `timer`',
    ],
  ],
}
