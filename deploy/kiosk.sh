#!/bin/sh
# Makes a computer with Debian 12 or 13, or Raspberry Pi OS, show the wall and nothing else; and takes all of it back.
#
#   sudo deploy/kiosk.sh               sets it up; again: changes only what is not as it should be, and says so
#   sudo deploy/kiosk.sh --dry-run     says what it would do, and does nothing
#   sudo deploy/kiosk.sh --undo        puts back what was there before
#
#   --display cage       one display (the default)       --display kmsdrm    several displays, without anything between
#   --updates-at HH:MM   when security updates may begin, by the system's time zone (05:00)
#                        What was said of these two once holds for every later run.
#   --root DIR           a system that is mounted there and does not run: an image, a card. DIR holds the program too
#
# Everything that it changes is a file or a link, a package, or the account. Each is written down before it is done, with a
# copy of what was there, in /var/lib/weremember-kiosk. What somebody changed afterwards is left as it is, and named.
# The files that it installs lie below deploy/kiosk/, where they will be; docs/deploy.md says what each is for.
set -eu
umask 022
PATH=$PATH:/usr/sbin:/sbin    # Debian's `su` leaves them out

USER_NAME=weremember
USER_HOME=/var/lib/weremember
USER_CACHE=/var/cache/weremember
SETTINGS=/etc/weremember
GROUPS_WANTED='video input render audio'    # the display, keyboards, the graphics card, sound
KEEP_AT=/var/lib/weremember-kiosk
WORDS='quiet loglevel=3 consoleblank=0 vt.global_cursor_default=0 systemd.show_status=false rd.udev.log_level=3 logo.nologo plymouth.enable=0'
ALWAYS_PACKAGES='ca-certificates fontconfig fonts-noto-core libegl1 libfribidi0 libgl1 libgl1-mesa-dri libgles2 python3 python3-venv sudo unattended-upgrades'
CAGE_PACKAGES='cage libwayland-cursor0 libwayland-egl1 libxkbcommon0 seatd xwayland'    # this cage ends at once without xwayland
KMSDRM_PACKAGES='libdrm2 libgbm1'
TIME_KEEPERS='chrony ntp ntpsec openntpd systemd-timesyncd'    # one of them is enough
MASKED='getty@tty1.service ctrl-alt-del.target sleep.target suspend.target hibernate.target hybrid-sleep.target suspend-then-hibernate.target'

say() { printf 'kiosk: %s\n' "$*"; }
stop() { printf 'kiosk: %s\n' "$*" >&2; exit 2; }
usage() { sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0"; }

# --- what is asked -------------------------------------------------------------------------------------------------------

root='' display='' updates_at='' dry='' undo=''
while [ $# -gt 0 ]; do
    case $1 in
        --dry-run) dry=yes ;;
        --undo) undo=yes ;;
        --display | --updates-at | --root)
            [ $# -ge 2 ] || stop "$1 wants a value after it"
            case $1 in --display) display=$2 ;; --updates-at) updates_at=$2 ;; --root) root=$2 ;; esac
            shift ;;
        -h | --help) usage; exit 0 ;;
        *) stop "$1 is not known here; deploy/kiosk.sh --help says what is" ;;
    esac
    shift
done
case $display in '' | cage | kmsdrm) ;; *) stop "--display is cage or kmsdrm, not $display" ;; esac
case $updates_at in '' | [01][0-9]:[0-5][0-9] | 2[0-3]:[0-5][0-9]) ;; *) stop "--updates-at is an hour such as 05:00, not $updates_at" ;; esac

if [ -n "$root" ]; then root=$(CDPATH='' cd -P -- "$root" && pwd -P) || stop "there is no folder for --root"; fi
if [ "$root" = / ]; then root=''; fi
keep=$root$KEEP_AT
manifest=$keep/manifest

# --- small pieces --------------------------------------------------------------------------------------------------------

# A command of the system that is set up: this one, or the one below --root. It does not get the lock: it may start what stays.
within() { if [ -n "$root" ]; then chroot "$root" "$@"; else "$@"; fi; } 9<&-

# shellcheck source=deploy/changes.sh
. "$(dirname "$0")/changes.sh"

# --- what is examined first ----------------------------------------------------------------------------------------------

examine() {
    program=$(CDPATH='' cd -P -- "$(dirname "$0")/.." && pwd -P)
    here=$program
    program=${program#"$root"}
    case $program in
        /home/* | /root/* | /tmp/* | /run/*) stop "the service cannot see $program; move it, say to /opt/weremember" ;;
        *[!A-Za-z0-9/._-]*) stop "the path of the program has signs in it that systemd reads otherwise: $program" ;;
    esac
    if [ ! -x "$root$program/weremember" ]; then stop "$program holds no program"; fi
    if [ -n "$root" ] && [ ! -d "$root/etc" ]; then stop "there is no system in $root"; fi
    system="$(release ID) $(release VERSION_ID)"
    case $system in
        'debian 12' | 'debian 13' | 'raspbian 12' | 'raspbian 13') ;;
        *) stop "made for Debian 12 and 13 and Raspberry Pi OS of the same age, and this is $system" ;;
    esac
    machine=$(within dpkg --print-architecture)
    case $machine in amd64 | arm64) ;; *) stop "a 64-bit system is needed, and this is $machine" ;; esac
}

# A word of the description that a system has of itself. It is read, not run.
release() { sed -n "s/^$1=[\"']\{0,1\}\([A-Za-z0-9._-]*\)[\"']\{0,1\}\$/\1/p" "$root/etc/os-release"; }

may_change() {
    if [ -n "$dry" ] || [ -n "$root" ] || [ "$(id -u)" = 0 ]; then return 0; fi
    stop "this changes the system: run it with sudo, or with --dry-run to see what it would do"
}

# One run at a time in a system, whatever it does. The lock is on a folder that root alone can open, and leaves nothing behind.
begin_work() {
    if [ -z "$dry" ]; then
        [ -d "$root/root" ] || stop "there is no system in $root"
        exec 9<"$root/root"
        flock -n 9 || stop "another kiosk.sh is at work on this system: wait for its end, then run this again"
        if [ -s "$manifest" ]; then forget '' ''; fi
    fi
    scratch=$(mktemp)
    trap 'rm -f "$scratch"' EXIT
    trap 'exit 130' HUP INT TERM
}

# --- setting up ----------------------------------------------------------------------------------------------------------

# What was said of --display and --updates-at, now or once.
choices() {
    display=${display:-$(recorded choice display)} updates_at=${updates_at:-$(recorded choice updates-at)}
    display=${display:-cage} updates_at=${updates_at:-05:00}
    hour=${updates_at%:*} minute=${updates_at#*:}
    later=$(((${hour#0} * 60 + ${minute#0} + 30) % 1440))
    install_at=$(printf '%02d:%02d' $((later / 60)) $((later % 60)))    # after they were fetched
    remember_choice display "$display"
    remember_choice updates-at "$updates_at"
}

remember_choice() { if [ -z "$dry" ] && [ "$(recorded choice "$1")" != "$2" ]; then record choice "$1" "$2"; fi; }

packages() {
    case $display in cage) wanted="$ALWAYS_PACKAGES $CAGE_PACKAGES" ;; *) wanted="$ALWAYS_PACKAGES $KMSDRM_PACKAGES" ;; esac
    # shellcheck disable=SC2016,SC2086  # dpkg fills that in; a list of words
    installed=" $(within dpkg-query -W -f '${Package}:${db:Status-Status} ' $wanted $TIME_KEEPERS 2>/dev/null || true)"
    keeper=''
    for package in $TIME_KEEPERS; do case $installed in *" $package:installed "*) keeper=$package ;; esac done
    if [ -z "$keeper" ]; then keeper=systemd-timesyncd wanted="$wanted $keeper"; fi
    missing=''
    for package in $wanted; do case $installed in *" $package:installed "*) ;; *) missing="$missing $package" ;; esac done
    if [ -z "$missing" ]; then return 0; fi
    if ! begin "install$missing"; then return 0; fi
    for package in $missing; do record package "$package" -; done
    # shellcheck disable=SC2086  # a list of words
    if ! apt_get update || ! apt_get install --yes --no-install-recommends $missing; then
        tail -n 5 "$scratch" >&2
        stop "not installed:$missing. Is there a network? Run this again when there is"
    fi
}

# It asks nobody anything: its questions would go where nobody reads them, and it would wait for ever.
apt_get() {
    within env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >"$scratch" 2>&1 </dev/null
}

account() {
    if ! within getent passwd $USER_NAME >/dev/null && begin "make the account $USER_NAME"; then
        record account $USER_NAME -
        within useradd --system --user-group --home-dir $USER_HOME --shell /usr/sbin/nologin $USER_NAME
    fi
    has=" $(within id -nG $USER_NAME 2>/dev/null || true) "
    for group in $GROUPS_WANTED; do
        case $has in *" $group "*) continue ;; esac
        if ! within getent group "$group" >/dev/null && begin "make the group $group"; then
            record group "$group" -
            within groupadd --system "$group"
        fi
        if ! begin "put $USER_NAME into the group $group"; then continue; fi
        record member "$group" -
        within usermod --append --groups "$group" $USER_NAME
    done
    give_back $USER_HOME $USER_NAME:$USER_NAME
    give_back $SETTINGS root:$USER_NAME
}

# What the undo of an earlier kiosk has given to root.
give_back() {
    if [ "$(within stat -c %U:%G "$1" 2>/dev/null || true)" = root:root ] && begin "give $1 to $2"; then
        within chown -R "$2" "$1"
    fi
}

# Fills in what a file leaves open.
filled() {
    sed -e "s,@UPDATES_AT@,$updates_at,; s,@INSTALL_AT@,$install_at,; s,@PROGRAM@,$program,; s,/opt/weremember,$program,g; s,@WORDS@,$WORDS," "$1" >"$scratch"
}

files() {
    for file in $(cd "$here/deploy/kiosk" && find . -type f | sort); do
        path=${file#.} mode=644
        case $path in
            /etc/needrestart/*) if [ ! -d "$root/etc/needrestart" ]; then continue; fi ;;
            /etc/default/grub.d/*) if [ ! -f "$root/etc/default/grub" ]; then continue; fi ;;
            /usr/local/bin/*) mode=755 ;;
        esac
        filled "$here/deploy/kiosk/$file"
        put "$scratch" "$path" $mode
    done
    filled "$here/deploy/weremember.service"
    put "$scratch" /etc/systemd/system/weremember.service 644
    for each in cage kmsdrm; do
        at=/etc/systemd/system/weremember.service.d/10-$each.conf
        if [ $each = "$display" ]; then
            filled "$here/deploy/weremember-$each.conf"
            put "$scratch" "$at" 644
        elif [ -n "$(recorded path "$at")" ]; then
            take_back "$at"
        fi
    done
}

units() {
    for unit in $MASKED; do link /dev/null "/etc/systemd/system/$unit"; done
    link /lib/systemd/system/multi-user.target /etc/systemd/system/default.target
    link /etc/systemd/system/weremember.service /etc/systemd/system/multi-user.target.wants/weremember.service
    if [ "$keeper" = systemd-timesyncd ]; then
        link /lib/systemd/system/systemd-timesyncd.service /etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service
    fi
}

# Prints the line of the kernel's words with ours, and without those that say otherwise.
with_our_words() (
    set -f
    kept=''
    # shellcheck disable=SC2013  # words are meant
    for word in $(cat "$1"); do
        case $word in
            splash | quiet | loglevel=* | consoleblank=* | vt.global_cursor_default=*) ;;
            systemd.show_status=* | rd.udev.log_level=* | logo.nologo | plymouth.enable=*) ;;
            *) kept="$kept $word" ;;
        esac
    done
    printf '%s\n' "${kept# } $WORDS"
)

boot() {
    firmware=/boot/firmware
    if [ -f "$root$firmware/cmdline.txt" ]; then
        with_our_words "$root$firmware/cmdline.txt" >"$scratch"
        put "$scratch" $firmware/cmdline.txt 755    # the mode that everything has on that partition
    elif [ ! -f "$root/etc/default/grub" ]; then
        say "neither GRUB nor a Raspberry Pi: put these words on the kernel's command line yourself: $WORDS"
    fi
    if [ -f "$root$firmware/config.txt" ]; then
        cp "$root$firmware/config.txt" "$scratch"
        if ! grep -q '^disable_splash=1' "$scratch"; then
            printf '\n# We Remember: no coloured square at the start, no sign over the picture\n[all]\ndisable_splash=1\navoid_warnings=1\n' >>"$scratch"
        fi
        put "$scratch" $firmware/config.txt 755
    fi
}

configuration() {
    if [ ! -e "$root$SETTINGS/config.yaml" ] && [ -z "$(recorded path $SETTINGS/config.yaml)" ]; then
        put "$here/config.yaml" $SETTINGS/config.yaml 640 root:$USER_NAME
    fi
    link "$program/assets" $SETTINGS/assets
    if [ -n "$(recorded folder $SETTINGS)" ] && [ -z "$dry" ]; then
        chmod 750 "$root$SETTINGS"
        within chown root:$USER_NAME $SETTINGS
    fi
}

# Makes the program's environment, once, as root: the service may write nothing there.
environment() {
    if [ -n "$dry" ]; then return 0; fi
    within "$program/weremember" --version >/dev/null || stop "the program cannot be set up; what went wrong stands above"
    if ! within runuser -u $USER_NAME -- test -r "$program/player/__main__.py"; then
        stop "the account $USER_NAME may not read $program: sudo chmod -R a+rX $program"
    fi
    within "$program/.venv/bin/python" -m compileall -q "$program/player" >/dev/null || true    # faster starts; it runs without
}

# What has to be told to a running system; the rest takes effect with its next start.
tell() {
    if [ -n "$dry" ]; then return 0; fi
    if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
    if [ ! -f "$root/etc/default/grub" ] || ! is_new_to_grub; then return 0; fi
    if [ -n "$root" ]; then
        say "run update-grub in that system: only then its kernel is started with other words"
    elif command -v update-grub >/dev/null; then
        update-grub >/dev/null 2>&1 || say "update-grub failed: run it yourself"
    fi
}

# Whether GRUB has not been told yet: now, or by a run that broke off before it came to that.
is_new_to_grub() {
    [ "$changes" != 0 ] || [ -n "$(find "$root/etc/default/grub.d" -newer "$root/boot/grub/grub.cfg" 2>/dev/null)" ]
}

set_up() {
    examine
    begin_work
    choices
    packages
    account
    files
    boot
    configuration
    units
    tell
    environment
    sync
    if [ "$changes" = 0 ]; then
        say "everything is as it should be; nothing was changed"
    elif [ -n "$dry" ]; then
        say "nothing was changed: this was --dry-run"
    else
        say "done. Look at /etc/weremember/config.yaml, then start the computer again: sudo systemctl reboot"
    fi
}

# --- taking it back ------------------------------------------------------------------------------------------------------

undo_one() {
    case $1 in
        path) take_back "$2"; return 0 ;;
        folder)
            if [ -n "$dry" ]; then return 0; fi
            rmdir "$root$2" 2>/dev/null || true ;;
        package)
            if ! begin "leave the package $2 to apt autoremove"; then return 0; fi
            within apt-mark -qq auto "$2" >/dev/null || true ;;
        member)
            if [ -z "$(recorded account $USER_NAME)" ]; then
                if ! begin "take $USER_NAME out of the group $2"; then return 0; fi
                within gpasswd --delete $USER_NAME "$2" >/dev/null 2>&1 || true
            elif [ -n "$dry" ]; then
                return 0    # else it goes with the account
            fi ;;
        account)
            if ! within getent passwd "$2" >/dev/null; then
                forget "$1" "$2"
                return 0
            fi
            if ! begin "remove the account $2"; then return 0; fi
            leave_nothing_to "$2"
            within userdel "$2" ;;
        choice) if [ -n "$dry" ]; then return 0; fi ;;
        group)
            if ! begin "remove the group $2"; then return 0; fi
            within groupdel "$2" || true ;;
    esac
    forget "$1" "$2"
}

# Another account may get the number of this one some day: what is only cache goes, and the rest, wherever it is, is root's.
leave_nothing_to() {
    within rm -rf $USER_CACHE
    user_id=$(within id -u "$1") group_id=$(within id -g "$1")
    find "$root/" \( -path "$root/proc" -o -path "$root/sys" \) -prune -o \
        \( -uid "$user_id" -exec chown -h root {} + , -gid "$group_id" -exec chgrp -h root {} + \) 2>/dev/null ||
        say "not every folder could be looked through for what is left of $1; later, sudo find / -nouser -o -nogroup will show it"
    if [ -d "$root$USER_HOME" ]; then say "kept: $USER_HOME, with withdrawals and the journal; it belongs to root now"; fi
}

take_all_back() {
    begin_work
    if [ ! -s "$manifest" ]; then say "there is nothing to undo: this computer was not set up by this script"; return 0; fi
    if [ -z "$root$dry" ] && [ -d /run/systemd/system ]; then systemctl stop weremember.service || true; fi
    # The newest first; each thing once.
    awk '{ if (!(($1, $2) in seen)) { seen[$1, $2]; line[++n] = $1 " " $2 } } END { for (; n; n--) print line[n] }' "$manifest" >"$scratch"
    while read -r kind name; do undo_one "$kind" "$name" </dev/null; done <"$scratch"
    tell
    if [ -n "$dry" ]; then say "nothing was changed: this was --dry-run"; return 0; fi
    if [ "$left" = 0 ]; then rm -r "$keep"; else say "$left left as they are; copies of what was there before are in $KEEP_AT/before"; fi
    sync
    say "undone. Start the computer again: sudo systemctl reboot"
}

may_change
if [ -n "$undo" ]; then take_all_back; else set_up; fi
