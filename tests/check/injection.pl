#!/usr/bin/perl
# The injection rule. SQL stands in string literals inside constant `struct db_statement` initialisers and nowhere else, so that
# no statement can be built from text at run time. Templates escape by default: {{{ and {{& only for names that end in _html;
# attribute values are quoted; no inline script, style or event handler (the CSP would block them anyway).
use strict;
use warnings;
require './tests/check/c_text.pl';
load_exceptions('injection');

my $sql_start = qr/^\s*(?:SELECT\b|INSERT\s+INTO\b|UPDATE\s+\S+\s+SET\b|UPDATE\s+\w+\.\w+|DELETE\s+FROM\b|WITH\s+\w+\s*(?:\(|AS\b)|MERGE\s+INTO\b|
    CREATE\s+(?:TABLE|INDEX|FUNCTION|ROLE|SCHEMA|OR|UNIQUE|DATABASE|VIEW|TYPE|SEQUENCE)\b|ALTER\s+[A-Z]+\b|DROP\s+[A-Z]+\b|GRANT\s|REVOKE\s|
    COPY\s|TRUNCATE\b|LOCK\s+TABLE|SET\s+(?:LOCAL|ROLE|SESSION)\b|BEGIN\b|COMMIT\b|ROLLBACK\b|SAVEPOINT\b|VALUES\s*\(|
    FROM\s+[a-z]|WHERE\s+[a-z(]|ORDER\s+BY\b|GROUP\s+BY\b|RETURNING\s+[a-z]|ON\s+CONFLICT\b|UNION\b|HAVING\s|CALL\s)/x;

sub check_c {
    my ($file) = @_;
    my @t = @{ c_tokens(read_text($file)) };
    my ($i, @calls) = (0);
    while ($i < @t) {
        my ($kind, $text, $line) = @{ $t[$i] };
        if ($text eq "(") { push @calls, $i > 0 ? $t[$i - 1][1] : "" }
        elsif ($text eq ")") { pop @calls }
        # struct db_statement NAME [..] = { ... }
        if ($kind eq 'word' && $text eq 'db_statement' && $i > 0 && $t[$i - 1][1] eq 'struct') {
            my $const = $i > 1 && $t[$i - 2][1] eq 'const' || $t[$i + 1][1] eq 'const';
            my $j = $i + 1;
            $j++ while $j < @t && $t[$j][1] !~ /^[={;(),]$/;
            if ($j < @t && $t[$j][1] eq '=' && $t[$j + 1][1] eq '{') {
                fault($file, $line, 'a db_statement is a constant') unless $const;
                my $depth = 0;
                for ($j++; $j < @t; $j++) {
                    my $x = $t[$j][1];
                    if ($x eq '{') { $depth++ }
                    elsif ($x eq '}') { last if --$depth == 0 }
                    elsif ($x eq '(' || $x eq '?') {
                        fault($file, $t[$j][2], 'a db_statement is made of literals: no call, cast or choice in it');
                    }
                }
                $i = $j;
            }
        } elsif ($kind eq 'string') {
            (my $content = $text) =~ s/^[^"]*"|"$//g;
            # src/db itself sends constant texts (BEGIN, COMMIT); there, too, nothing is built from pieces.
            my $constant = $file =~ m{^src/db/} && !(@calls && $calls[-1] =~ /printf|append|concat/);
            if ($content =~ $sql_start && !$constant) {
                fault($file, $line, "SQL outside a constant db_statement: \"" . substr($content, 0, 40) . '"');
            }
        }
        $i++;
    }
}

sub check_template {
    my ($file) = @_;
    my $line = 0;
    for my $text (split /\n/, read_text($file), -1) {
        $line++;
        while ($text =~ /\{\{\{\s*([^}]*?)\s*\}\}\}|\{\{&\s*([^}]*?)\s*\}\}/g) {
            my $name = defined $1 ? $1 : $2;
            fault($file, $line, "'$name' is not escaped and its name does not end in _html") unless $name =~ /_html$/;
        }
        fault($file, $line, 'delimiters are not changed') if $text =~ /\{\{=/;
        (my $inline = $text) =~ s{<script src="\{\{\w+\}\}" defer></script>}{}g;
        fault($file, $line, 'no inline script or style') if $inline =~ /<\s*(?:script|style)\b/i;
        fault($file, $line, 'no style attribute') if $text =~ /\sstyle\s*=/i;
        fault($file, $line, 'no event handler attribute') if $text =~ /\son[a-z]+\s*=/i;
        fault($file, $line, 'no javascript: or data: address') if $text =~ /["'(]\s*(?:javascript|data|vbscript):/i;
        fault($file, $line, 'an attribute value stands in double quotes') if $text =~ /[\w-]=(?:\{\{|')/;
    }
}

my @sources = project_files(qr{^src/.*\.[ch]$});
check_c($_) for @sources;
my @templates = project_files(qr{\.mustache$});
check_template($_) for grep { !m{^tests/} } @templates;
finish('injection', @sources + @templates);
