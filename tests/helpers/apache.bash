# Apache: its configuration and its start.
# A suite loads suite.bash before this. PORT is the port that Apache listens on.

# apache_base MPM MODULE...: what Debian's apache2.conf and its links in mods-enabled set before a site is read.
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
    # Debian turns compression of text/plain on.
    case " $* " in *" deflate "*) echo 'Include /etc/apache2/mods-available/deflate.conf' ;; esac
}

# run_apache COMMAND...: with apache.conf; waits until COMMAND succeeds. With NO_DETACH Apache stays in the foreground and, when it ends,
# ends its whole process group.
run_apache() {
    background apache.out apache2 -D NO_DETACH -f "$DIR/apache.conf"
    is_up apache "$@"
}
