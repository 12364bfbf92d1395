# Runs cases in the guest: perl agent.pl DIRECTORY PARALLEL. Each directory in DIRECTORY has a file `steps` (steps.ts
# writes it); its output.txt, exit.txt and captures go beside it. A program takes a third of a second to start in a
# busy guest, so what tcpdump, tcpreplay and sysctl would do is done here, and one `ip` serves a host from first to last.
use strict;
use warnings;
use Socket;

use constant { SYS_MMAP => 9, SYS_SETSCHEDULER => 144, SYS_MOUNT => 165, SYS_UNSHARE => 272, SYS_SETNS => 308 };
use constant { CLONE_NEWNS => 0x20000, CLONE_NEWNET => 0x40000000, MS_BIND => 0x1000, MS_PRIVATE => 0x44000 };
use constant { AF_PACKET => 17, ETH_P_ALL => 0x0300, SOL_PACKET => 263, SIOCGIFINDEX => 0x8933 };
use constant { ADD_MEMBERSHIP => 1, MR_PROMISC => 1, RX_RING => 5, VERSION => 10, TPACKET_V3 => 2 };
use constant { VLAN_VALID => 0x10, VLAN_TPID_VALID => 0x40, ARPHRD_TUNNEL => 768, DLT_ETHERNET => 1, DLT_RAW => 101 };
use constant { PROT_READ_WRITE => 3, MAP_SHARED => 1, BLOCK => 65536, BLOCKS => 24, FRAME => 2048 };
use constant { SCHED_OTHER => 0, SCHED_IDLE => 5, WNOHANG => 1 };

my (%namespace, %ip, %tap, %sender, %case);

sub call { my $result = syscall(shift, @_); die "system call: $!" if $result < 0; return $result }

# Frames are sent when nobody else wants the processor: the softirq thread has done all that the last one set off.
sub schedule { my $priority = pack('i', 0); call(SYS_SETSCHEDULER, 0, shift, $priority) }

sub enter { call(SYS_SETNS, fileno($namespace{$_[0]}), CLONE_NEWNET) }

sub host {
    my ($name) = @_;
    my ($path, $own, $none) = ("/run/netns/$name", '/proc/self/ns/net', 'none');
    open(my $file, '>', $path) or die "$path: $!";
    call(SYS_UNSHARE, CLONE_NEWNET);
    call(SYS_MOUNT, $own, $path, $none, MS_BIND, 0);
    open($namespace{$name}, '<', $path) or die "$path: $!";
}

sub say_of_set {
    open(my $out, '>>', 'output.txt');
    print $out @_;
}

# As sysctl says it where a device was not made.
sub set {
    my ($host, $key, $value) = @_;
    enter($host);
    my $path = "/proc/sys/$key";
    return say_of_set("sysctl: cannot stat $path: No such file or directory\n") unless -e $path;
    open(my $file, '>', $path) or die "$key: $!";
    syswrite($file, $value) or die "$key = $value: $!";
}

# Starts a program in a namespace; returns its number, and with 'pipe' what writes to it.
sub start {
    my ($host, $out, $err, @words) = @_;
    pipe(my $input, my $writer) or die "pipe: $!";
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        enter($host);
        schedule(SCHED_OTHER);
        open(STDIN, '<&', $input);
        close($_) for $input, $writer;
        open(STDOUT, '>>', $out);
        open(STDERR, '>>', $err);
        exec(@words) or exit 127;
    }
    return ($pid, $writer);
}

sub text { open(my $file, '<', shift) or return ''; local $/; return <$file> // '' }

# A line that `ip` does not know is answered at once on standard error: then it has done all before. A word that is wrong
# ends it, and what came after that in the batch is not done: the next batch has another one.
sub ip {
    my ($host, $lines) = @_;
    my $one = $ip{$host} //= do {
        my ($pid, $writer) = start($host, "$host.out", "$host.err", 'ip', '-o', '-force', '-batch', '-');
        { pid => $pid, writer => $writer, marks => 0 };
    };
    my $mark = 'mark' . ++$one->{marks};
    syswrite($one->{writer}, "$lines\n$mark\n");
    until (text("$host.err") =~ /"$mark"/) {
        if (waitpid($one->{pid}, WNOHANG) > 0) { delete $ip{$host}; return }
        select(undef, undef, undef, 0.01);
    }
}

sub bridge {
    my ($host, $lines) = @_;
    my ($pid, $writer) = start($host, "$host.out", "$host.err", 'bridge', '-force', '-batch', '-');
    syswrite($writer, "$lines\n");
    close($writer);
    waitpid($pid, 0);
}

sub run {
    my ($host, $command) = @_;
    my ($pid, $writer) = start($host, 'output.txt', 'output.txt', split(/ /, $command));
    close($writer);
    waitpid($pid, 0);
}

sub packet_socket {
    my ($host, $device, $protocol) = @_;
    enter($host);
    socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "socket: $!";
    my $request = pack('a16 i x20', $device, 0);
    # Its line was refused: nobody listens there or sends, as with tcpdump and tcpreplay.
    ioctl($socket, SIOCGIFINDEX, $request) or return;
    my (undef, $index) = unpack('Z16 i', $request);
    bind($socket, pack('S S i S C C x8', AF_PACKET, $protocol, $index, 0, 0, 0)) or die "bind: $!";
    return ($socket, $index);
}

# As tcpdump does it, by a ring that frames are copied to: a frame that waited in a socket would count as cloned, and
# the kernel takes another way out of a tunnel with those (gro_cells_receive).
sub tap {
    my ($host, $device, $file) = @_;
    my ($socket, $index) = packet_socket($host, $device, ETH_P_ALL) or return;
    setsockopt($socket, SOL_PACKET, VERSION, pack('i', TPACKET_V3)) or die "version: $!";
    my $request = pack('L7', BLOCK, BLOCKS, FRAME, BLOCK / FRAME * BLOCKS, 600_000, 0, 0);
    setsockopt($socket, SOL_PACKET, RX_RING, $request) or die "ring: $!";
    my $ring = call(SYS_MMAP, 0, BLOCK * BLOCKS, PROT_READ_WRITE, MAP_SHARED, fileno($socket), 0);
    setsockopt($socket, SOL_PACKET, ADD_MEMBERSHIP, pack('i S S x8', $index, MR_PROMISC, 0)) or die "promisc: $!";
    my (undef, undef, undef, $type) = unpack('S S i S', getsockname($socket));
    $tap{$file} = { socket => $socket, ring => $ring, link => $type == ARPHRD_TUNNEL ? DLT_RAW : DLT_ETHERNET };
}

# The frames of a block, the open one too, with VLAN tags that the kernel has taken out put back as libpcap does.
sub frames_of {
    my ($block) = @_;
    my ($left, $at) = unpack('x12 L L', $block);
    my $records = '';
    while ($left--) {
        my ($next, $snapped, $length, $status, $start, $tci, $tpid) =
            unpack('L x8 L L L S x2 x4 L S', substr($block, $at, 40));
        my $frame = substr($block, $at + $start, $snapped);
        my $tagged = $status & VLAN_VALID;
        substr($frame, 12, 0, pack('n n', $status & VLAN_TPID_VALID ? $tpid : 0x8100, $tci)) if $tagged;
        $records .= pack('L L L L', time, 0, length $frame, $length + ($tagged ? 4 : 0)) . $frame;
        $at += $next;
    }
    return $records;
}

sub write_captures {
    for my $file (keys %tap) {
        open(my $capture, '>', $file) or die "$file: $!";
        print $capture pack('L S S l L L L', 0xa1b2c3d4, 2, 4, 0, 0, 262144, $tap{$file}{link});
        for my $i (0 .. BLOCKS - 1) {
            print $capture frames_of(unpack('P' . BLOCK, pack('Q', $tap{$file}{ring} + $i * BLOCK)));
        }
    }
}

sub send_frame {
    my ($host, $device, $frame) = @_;
    my $socket = $sender{"$host $device"} //= (packet_socket($host, $device, 0))[0];
    send($socket, pack('H*', $frame), 0) if $socket;
}

sub pause { select(undef, undef, undef, shift) }

# What a host's `ip` and `bridge` printed: errors as they came, the rest sorted.
sub show {
    my ($host) = @_;
    if (my $one = delete $ip{$host}) { close($one->{writer}); waitpid($one->{pid}, 0) }
    open(my $out, '>>', 'output.txt');
    print $out "== $host\n", grep { !/^Command failed|"mark\d+"/ } map { "$_\n" } split(/\n/, text("$host.err"));
    print $out sort map { "$_\n" } split(/\n/, text("$host.out"));
    unlink "$host.err", "$host.out";
}

my %verbs = (host => \&host, set => \&set, ip => \&ip, bridge => \&bridge, run => \&run,
    tap => \&tap, send => \&send_frame, sleep => \&pause, show => \&show);

# Consecutive lines for one program of one host are one batch.
sub steps {
    my @steps;
    for (split /\n/, text('steps')) {
        my @step = split /\t/;
        my $last = $steps[-1];
        if ($last && $step[0] =~ /^(ip|bridge)$/ && "@step[0, 1]" eq "@$last[0, 1]") { $last->[2] .= "\n$step[2]" }
        else { push @steps, \@step }
    }
    return @steps;
}

sub one_case {
    chdir shift or die;
    my ($none, $root, $tmpfs, $names) = ('none', '/', 'tmpfs', '/run/netns');
    call(SYS_UNSHARE, CLONE_NEWNS);
    call(SYS_MOUNT, $none, $root, 0, MS_PRIVATE, 0);
    call(SYS_MOUNT, $tmpfs, $names, $tmpfs, 0, 0);
    schedule(SCHED_IDLE);
    my $current = 'the start';
    local $SIG{ALRM} = sub { die "still at $current\n" };
    for my $step (steps()) {
        my ($verb, @words) = @$step;
        $current = substr("@$step", 0, 200);
        $verbs{$verb}->(@words);
    }
    write_captures();
    unlink 'steps';
}

sub isolated {
    my ($directory) = @_;
    my $pid = fork() // die "fork: $!";
    if ($pid) { $case{$pid} = $directory; return }
    alarm 120;
    $SIG{PIPE} = 'IGNORE';
    my $fine = eval { one_case($directory); 1 };
    my $failure = $@;
    open(my $out, '>>', 'output.txt');
    print $out $failure unless $fine;
    print "$directory: $failure" unless $fine;
    open(my $status, '>', 'exit.txt');
    print $status $fine ? "0\n" : "1\n";
    close($status);
    exit 0;
}

sub ended {
    my ($pid, $status) = @_;
    print "$case{$pid} ended with $status\n" if $status && $case{$pid};
}

my ($directory, $parallel) = @ARGV;
my $running = 0;
for my $case (sort glob("$directory/*")) {
    if ($running == $parallel) { ended(wait, $?); $running-- }
    isolated($case);
    $running++;
}
while ((my $pid = wait) > 0) { ended($pid, $?) }
