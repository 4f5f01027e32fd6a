#!/bin/bash
# Boots a real systemd as the first process of namespaces of its own; nothing of this machine is written.
#   boot.sh PROGRAM UNITS SETTINGS
set -e
program=$1 units=$2 settings=$3
mount --make-rprivate /
mount -t tmpfs tmpfs /run
for top in etc usr; do
  mkdir -p "/run/up/$top" "/run/wk/$top"
  mount -t overlay overlay -o "lowerdir=/$top,upperdir=/run/up/$top,workdir=/run/wk/$top" "/$top"
done
cp "$program" /usr/bin/dakbox
# systemd clears some of these as it starts.
for top in /tmp /var /srv; do mount -t tmpfs tmpfs "$top"; done
chmod 1777 /tmp
mkdir -p /var/{lib,log,tmp,cache,spool} /run/systemd/system /etc/credstore /etc/dakbox
rm -rf /etc/systemd/system /usr/lib/tmpfiles.d/tmp.conf
mkdir -p /etc/systemd/system
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/systemd
mount -t cgroup2 none /sys/fs/cgroup/unified
mount -t cgroup -o none,name=systemd systemd /sys/fs/cgroup/systemd
cp "$units"/dakbox.service /etc/systemd/system/
cp "$settings" /etc/dakbox/config.toml
systemd-sysusers "$units/sysusers.d/dakbox.conf"
systemd-tmpfiles --create "$units/tmpfiles.d/dakbox.conf"
useradd --no-create-home --groups clips alice
printf '[Unit]\nWants=dakbox.service\n' >/etc/systemd/system/trial.target
# No network is brought up here: it is there.
sed -i 's/network-online.target//' /etc/systemd/system/dakbox.service
mkdir -p /etc/systemd/system/dakbox.service.d
# So that nobody waits for two minutes.
printf '[Service]\nWatchdogSec=4s\nRestartSec=1s\n' >/etc/systemd/system/dakbox.service.d/soon.conf
mount --make-rshared /
export container=lxc
exec /lib/systemd/systemd --system --unit=trial.target --log-target=console --show-status=no
