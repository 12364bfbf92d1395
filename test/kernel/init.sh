#!/bin/bash
# The first process of the user-mode Linux guest: makes the host's read-only root look like an
# ordinary Debian machine, runs one scenario and brings its files out.
#
# The kernel command line gives `job`, a directory of the host:
#   job/in    the scenario's script.sh and its input files
#   job/out   empty; receives output.txt, exit.txt, kernel.txt, done, and files/ (what the script left)

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 TERM=dumb

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/lock /run/result /run/overlay
mount -t hostfs none /run/result -o "$job/out"
exec </dev/null >/run/result/boot.txt 2>&1

# Debian puts the guest's modules where modprobe does not look. The kernel itself starts modprobe, so
# an option in the environment is not enough: the directory has to be in its usual place.
mkdir -p /run/early/lib/modules
ln -s "/usr/lib/uml/modules/$(uname -r)" /run/early/lib/modules/
modprobe -d /run/early overlay
writable() {
  mkdir -p "/run/overlay$1/up" "/run/overlay$1/work"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/run/overlay$1/up,workdir=/run/overlay$1/work" "$1"
}
writable /usr/lib
writable /usr/local
writable /etc
mkdir -p /usr/lib/modules
ln -s "/usr/lib/uml/modules/$(uname -r)" /usr/lib/modules/

# The guest is always root: sudo has nothing to do.
mkdir -p /usr/local/bin
printf '#!/bin/sh\nexec "$@"\n' >/usr/local/bin/sudo
chmod +x /usr/local/bin/sudo

# Names must not depend on the machine that records.
echo vrouter >/etc/hostname
hostname vrouter
printf '127.0.0.1\tlocalhost\n127.0.1.1\tvrouter\n' >/etc/hosts
rm -f /etc/resolv.conf /etc/sysctl.conf /etc/sysctl.d/*
: >/etc/resolv.conf
sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf 2>/dev/null || echo 'hosts: files' >/etc/nsswitch.conf

mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

# The inputs first, then the tmpfs over /tmp, because they may lie there.
mkdir /run/lab
cp "$job"/in/* /run/lab/
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /root
mkdir /tmp/lab /run/result/files
cp /run/lab/* /tmp/lab/
uname -srm >/run/result/kernel.txt

cd /tmp/lab || poweroff -f
bash -c 'exec >/run/result/output.txt 2>&1; exec bash script.sh'
code=$?

for file in *; do
  cmp -s "$file" "/run/lab/$file" || cp -r "$file" /run/result/files/
done
echo "$code" >/run/result/exit.txt
echo done >/run/result/done
sync
poweroff -f
