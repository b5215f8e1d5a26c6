# Changes of files and links that can be taken back: each is written down before it is made, with a copy of what was there.
#
# Read by kiosk.sh, which says in `root` which system is meant (empty: this one), in `keep` where copies and manifest lie, in
# `manifest` its name, and in `dry` whether this is a rehearsal. Counts in `changes` and `left`.
# shellcheck shell=sh disable=SC2154  # those four come from there

changes=0 left=0

# Counts a change and names it. False when nothing is to be done about it: this is a rehearsal.
begin() {
    changes=$((changes + 1))
    if [ -n "$dry" ]; then say "would $*"; return 1; fi
    say "$*"
}

# What is at a path, in a word: none, link:TARGET, a sum of what it holds, or folder.
look() {
    if [ -L "$root$1" ]; then
        # Debian 12 writes /lib where Debian 13 writes /usr/lib, and means the same.
        target=$(readlink "$root$1")
        case $target in /usr/lib/*) target=${target#/usr} ;; esac
        printf 'link:%s\n' "$target"
    elif [ -f "$root$1" ]; then
        sum "$root$1"
    elif [ -d "$root$1" ]; then
        echo folder
    else
        echo none
    fi
}

sum() {
    summed=$(sha256sum <"$1")
    printf '%s\n' "${summed%% *}"
}

# What was there before we came.
before() { root_was=$root; root=$keep/before; look "$1"; root=$root_was; }

# renamed FROM TO: in one step, and not before FROM is on the disk: a power cut leaves the old one or the new one.
renamed() {
    if [ ! -L "$1" ]; then sync "$1"; fi
    mv -f -T "$1" "$2"
}

# The manifest: a line for each thing, `KIND NAME WHAT-WE-MADE-OF-IT`; the last line about a thing counts.
recorded() { if [ -f "$manifest" ]; then awk -v kind="$1" -v name="$2" '$1 == kind && $2 == name { made = $3 } END { print made }' "$manifest"; fi; }
record() {
    if [ ! -d "$keep" ]; then
        mkdir -p "$keep"
        chmod 700 "$keep"
    fi
    printf '%s %s %s\n' "$1" "$2" "$3" >>"$manifest"
    sync "$manifest"
}

# Makes the folders above a path, and remembers which of them are ours.
folders_above() {
    above=$(dirname "$1")
    if [ -d "$root$above" ]; then return 0; fi
    (folders_above "$above")
    record folder "$above" -
    mkdir -m 755 "$root$above"
}

# Whether a path may become what we want of it. No: it is so already, or somebody has changed what we made.
is_ours_to_change() {
    now=$(look "$1")
    if [ "$now" = "$2" ]; then return 1; fi
    if [ "$now" = folder ]; then stop "there is a folder where a file belongs: $1"; fi
    ours=$(recorded path "$1")
    if [ -n "$ours" ] && [ "$now" != "$ours" ] && [ "$now" != "$(before "$1")" ]; then
        say "left as it is, because somebody changed it: $1"
        return 1
    fi
}

# Writes down what a path will be, after a copy of what it is. The copy is whole before it has its name.
remember() {
    if [ -z "$(recorded path "$1")" ]; then
        mkdir -p "$keep/before$(dirname "$1")"
        rm -f "$keep/before$1"
        if [ "$(look "$1")" != none ]; then
            rm -f "$keep/before$1.part"
            cp -p -P "$root$1" "$keep/before$1.part"
            renamed "$keep/before$1.part" "$keep/before$1"
        fi
    fi
    record path "$1" "$2"
}

# put SOURCE PATH MODE [OWNER]: a file, in one step.
put() {
    new=$(sum "$1")
    if ! is_ours_to_change "$2" "$new"; then return 0; fi
    if ! begin "write $2"; then return 0; fi
    folders_above "$2"
    remember "$2" "$new"
    rm -f "$root$2.part"    # of a run that broke off
    cp "$1" "$root$2.part"
    chmod "$3" "$root$2.part"
    if [ -n "${4:-}" ]; then within chown "$4" "$2.part"; fi
    renamed "$root$2.part" "$root$2"
}

# link TARGET PATH
link() {
    if ! is_ours_to_change "$2" "link:$1"; then return 0; fi
    if ! begin "link $2 to $1"; then return 0; fi
    folders_above "$2"
    remember "$2" "link:$1"
    rm -f "$root$2.part"
    ln -s "$1" "$root$2.part"
    renamed "$root$2.part" "$root$2"
}

# Puts back what a path was; leaves it when somebody changed it since, and counts that.
take_back() {
    ours=$(recorded path "$1") now=$(look "$1") was=$(before "$1")
    if [ "$now" != "$ours" ] && [ "$now" != "$was" ]; then
        left=$((left + 1))
        say "left as it is, because somebody changed it: $1 (as it was before: $([ "$was" = none ] && echo 'not there' || echo "$KEEP_AT/before$1"))"
        return 0
    fi
    if [ "$was" = none ]; then
        if ! begin "remove $1"; then return 0; fi
        rm -f "$root$1" "$root$1.part"
    else
        if ! begin "put back $1"; then return 0; fi
        rm -f "$root$1.part"
        cp -p -P "$keep/before$1" "$root$1.part"
        renamed "$root$1.part" "$root$1"
    fi
    forget path "$1"
    rm -f "$keep/before$1"
}

# Takes a thing out of the manifest, in one step; and whatever a power cut left of a line.
forget() {
    awk -v kind="$1" -v name="$2" 'NF == 3 && !($1 == kind && $2 == name)' "$manifest" >"$manifest.part"
    renamed "$manifest.part" "$manifest"
}
