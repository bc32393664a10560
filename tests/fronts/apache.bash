# What the suites of Apache share.

# apache_base MPM MODULE...: the parts that Debian's apache2.conf and its links in mods-enabled have, to read a configuration after.
apache_base() {
    local module
    cat <<CONF
ServerRoot "$DIR"
ServerName front.test
PidFile "$DIR/apache.pid"
ErrorLog "$DIR/apache.log"
DefaultRuntimeDir "$DIR"
Mutex file:$DIR default
Listen 127.0.0.1:$PORT
CONF
    [ "$(id -u)" -ne 0 ] || printf 'User nobody\nGroup nogroup\n'
    for module in "mpm_$1" authz_core alias env "${@:2}"; do
        echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    case " $* " in
    *" cgid "*) echo "ScriptSock \"$DIR/cgid.sock\"" ;;
    *" fcgid "*) printf 'FcgidIPCDir "%s"\nFcgidProcessTableFile "%s"\n' "$DIR/fcgid" "$DIR/fcgid_shm" ;;
    esac
    # It compresses text/plain, and Debian has it on.
    case " $* " in *" deflate "*) echo 'Include /etc/apache2/mods-available/deflate.conf' ;; esac
}

# NO_DETACH: in the foreground, in a process group of its own, all of which it ends when it is told to end.
run_apache() {
    apache2 -D NO_DETACH -f "$DIR/apache.conf" >apache.out 2>&1 3>&- &
    PIDS+=($!)
    until_true "$@" || {
        cat apache.out apache.log
        return 1
    }
}
