# What the checkers share. Perl with its base modules only.
use strict;
use warnings;

# Files of the project that match a pattern: known to git or new and not ignored; in a tree without git, all.
sub project_files {
    my ($pattern) = @_;
    my @all = split /\0/, `git ls-files -co --exclude-standard -z 2>/dev/null || find . -type f -printf '%P\\0'`;
    my %seen;
    return sort grep { /$pattern/ && -f $_ && !$seen{$_}++ } @all;
}

sub read_text {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    my $text = <$in>;
    close $in;
    return defined $text ? $text : '';
}

# C source as tokens [kind, text, line]; comments are gone, adjacent string literals stay apart.
# kind: word, string, char, number, punct, include (the whole directive line), directive (its name; the rest follows as tokens)
sub c_tokens {
    my ($text) = @_;
    my @tokens;
    my $line = 1;
    while ($text =~ /\G(
          (?<space>\s+)
        | (?<comment>\/\*.*?\*\/|\/\/[^\n]*)
        | (?<include>\#[ \t]*include[ \t]*[<"][^>"\n]*[>"])
        | (?<directive>\#[ \t]*\w+)
        | (?<string>(?:u8|[LuU])?"(?:[^"\\\n]|\\.)*")
        | (?<char>[LuU]?'(?:[^'\\\n]|\\.)*')
        | (?<number>\.?\d[\w.]*)
        | (?<word>[A-Za-z_]\w*)
        | (?<punct>.)
        )/gxs) {
        my $all = $1;
        my ($kind) = grep { defined $+{$_} } qw(space comment include directive string char number word punct);
        push @tokens, [$kind, $all, $line] unless $kind eq 'space' || $kind eq 'comment';
        $line += ($all =~ tr/\n//);
    }
    return \@tokens;
}

# ---- exceptions: tests/check/exceptions.txt, lines of `check|path|count|reason` ----
my (%allowed, %used);
sub load_exceptions {
    my ($check) = @_;
    for (split /\n/, read_text('tests/check/exceptions.txt')) {
        next if /^\s*(#|$)/;
        my ($name, $path, $count, $reason) = split /\s*\|\s*/, $_, 4;
        die "tests/check/exceptions.txt: an exception without a reason: $_\n" unless defined $reason && length $reason;
        $allowed{$path} = $count if $name eq $check;
    }
}

my $faults = 0;
my %found;
sub fault {
    my ($path, $line, $message) = @_;
    push @{ $found{$path} }, "$path:$line: $message";
}
# Prints what is not excepted and ends the checker. An exception covers exactly `count` findings in its file ("any" for one
# or more): fewer means that it can be made smaller.
sub finish {
    my ($check, $checked) = @_;
    for my $path (sort keys %found) {
        my $count = scalar @{ $found{$path} };
        my $may = delete $allowed{$path};
        next if defined $may && ($may eq 'any' || $may == $count);
        $faults += $count;
        print "$_\n" for @{ $found{$path} };
        print "$path: exceptions.txt allows $may, found $count\n" if defined $may;
    }
    for my $path (sort keys %allowed) {
        print "tests/check/exceptions.txt: $check|$path is not needed any more\n";
        $faults++;
    }
    print "$check: $checked files, $faults faults\n";
    exit($faults ? 1 : 0);
}
1;
