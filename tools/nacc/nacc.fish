# SPDX-License-Identifier: GPL-2.0
# fish completion for nacc(8).  Commands and options are what the command itself says of
# them, so they are those of the release that is installed.

function __nacc_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and echo $words[2]
end

function __nacc_commands
    nacc --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  *\(.*\)/\1\t\2/p'
end

function __nacc_options
    set -l command (__nacc_command)
    test -n "$command"; or return
    begin
        nacc help $command 2>/dev/null | sed -n '1s/ \[-o / [--output /;1p' | grep -oe '--[a-z][a-z-]*'
        echo --help
    end | sort -u
end

# Names that a terminal does not show as they are, that would be an option or another
# domain's ID, are left out: such a domain has its ID.
function __nacc_domains
    test -r /proc/nacc/domains; and LC_ALL=C awk 'NR > 1 { if ($5 ~ /^-|\\\\01|[^!-~]/) $5 = "domain"
        gsub(/\\\\040/, " ", $5); gsub(/\\\\134/, "\\\\", $5); print $1 "\t" $5 }' /proc/nacc/domains
end

function __nacc_names
    test -r /proc/nacc/domains; and LC_ALL=C awk 'NR > 1 && $5 !~ /^-|^[0-9]+$|\\\\01|[^!-~]/ {
        gsub(/\\\\040/, " ", $5); gsub(/\\\\134/, "\\\\", $5); print $5 }' /proc/nacc/domains
end

function __nacc_takes
    contains -- (__nacc_command) $argv
end

# Of "nacc run": is the program before the cursor?
function __nacc_program
    __nacc_takes run; or return
    set -l words (commandline -opc)[3..]
    while set -q words[1]
        switch $words[1]
            case --
                return 0
            case --name --forbid --domain --gate --allow
                set -e words[1]
            case '-*'
            case '*'
                return 0
        end
        set -e words[1]
    end
    return 1
end

complete -c nacc -f
complete -c nacc -n 'not string length -q (__nacc_command)' -a '(__nacc_commands)'
complete -c nacc -n '__nacc_takes help' -a '(__nacc_commands)'
complete -c nacc -n 'string length -q (__nacc_command); and not __nacc_program' -a '(__nacc_options)'
complete -c nacc -n '__nacc_takes unmark stat quota gate seal syscalls report forbid' -a '(__nacc_domains)'
complete -c nacc -n '__nacc_takes mark dump verify seal' -a '(__fish_complete_pids)'
complete -c nacc -n '__nacc_takes unmark stat quota gate seal syscalls report forbid dump verify' \
    -a '(__nacc_names)'
complete -c nacc -n '__nacc_takes gate' -a 'off audit enforce'
complete -c nacc -n '__nacc_takes forbid' -a 'force-write pin'
complete -c nacc -n '__nacc_takes setup' -a 'podman docker containerd'
complete -c nacc -n '__nacc_takes run' -a '(__fish_complete_subcommand --fcs-skip=2 --name --forbid --domain --gate --allow)'
complete -c nacc -n '__nacc_takes protect' -F
complete -c nacc -n '__nacc_takes run mark; and not __nacc_program' -l forbid -x -a 'force-write pin force-write,pin'
complete -c nacc -n '__nacc_takes run; and not __nacc_program' -l gate -x -a 'audit enforce'
complete -c nacc -n '__nacc_takes run mark; and not __nacc_program' -l domain -x -a '(__nacc_domains; __nacc_names)'
complete -c nacc -n '__nacc_takes run gate; and not __nacc_program' -l allow -r -F
complete -c nacc -n '__nacc_takes mark' -l cgroup -x -a '(__fish_complete_directories)'
complete -c nacc -n '__nacc_takes apply' -l file -r -F
complete -c nacc -n '__nacc_takes metrics' -l textfile -r -F
complete -c nacc -n '__nacc_takes report' -l out -l verify -l key -l reference -l seals -r -F
complete -c nacc -n '__nacc_takes run mark; and not __nacc_program' -l name -x
complete -c nacc -n '__nacc_takes forbid' -l start -l end -x
complete -c nacc -n '__nacc_takes report' -l nonce -l image -x
complete -c nacc -n '__nacc_takes top' -l delay -x
complete -c nacc -n '__nacc_takes setup' -l root -x -a '(__fish_complete_directories)'
complete -c nacc -n '__nacc_takes syscalls' -l moment -x
complete -c nacc -n '__nacc_takes syscalls' -l format -x -a oci-seccomp
complete -c nacc -n '__nacc_takes audit' -l format -x -a writers.d
complete -c nacc -n '__nacc_takes ps stat verify audit seal syscalls' -s o -l output -x
