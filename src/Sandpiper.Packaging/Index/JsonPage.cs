using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>
/// Reads a project's page in JSON, front to back. What is wrong with one file costs that file; what makes the page mean two things (a
/// repeated key, another project's name, an unknown version of the API) costs the page.
/// </summary>
internal ref struct JsonPage(ReadOnlySpan<byte> content, Uri location)
{
    private const int MaxDepth = 16;

    private readonly int _length = content.Length;
    private readonly JsonKeys _pageKeys = new();
    private readonly JsonKeys _fileKeys = new();
    private readonly JsonKeys _innerKeys = new();
    private readonly LinkDirectory _directory = new();
    private Utf8JsonReader _reader = new(content, new JsonReaderOptions { MaxDepth = MaxDepth });
    private string? _name;
    private string? _apiVersion;
    private string? _status;
    private string? _statusReason;
    private ImmutableArray<IndexFile>.Builder? _files;
    private int _entries;
    private long _written;      // characters of all addresses, in full
    private readonly List<LeftOutEntry> _leftOut = [];
    private string _fileKey = "";
    private string? _python;
    private string? _unreadable;

    public bool TryRead(PackageName expected, [NotNullWhen(true)] out ProjectPage? page, out string problem)
    {
        page = null;
        try
        {
            if (_length > ProjectPage.MaxBytes) throw new JsonException("it is too large");
            _reader.Read();
            ReadPage();
            if (_reader.Read()) throw new JsonException("something follows its end");
        }
        // Half a surrogate pair, written as an escape, is an InvalidOperationException to the reader.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            problem = $"the page cannot be read: {error.Message}";
            return false;
        }

        problem = "";
        if (!FormatVersion.TryParse(_apiVersion, out var version)) problem = "the page has no readable meta.api-version";
        else if (version.Major != 1) problem = $"the page has the unknown API version {version}";
        else if (!PackageName.TryParse(_name, out var name, out _)) problem = "the page does not name its project";
        else if (name != expected) problem = $"the page of {expected} is about {name}";
        else if (_files is null) problem = "the page has no list of files";
        else page = new ProjectPage
        {
            Name = name,
            Files = [],
            Status = _status ?? "active",
            StatusReason = _statusReason,
        }.WithFiles(_files.DrainToImmutable(), _leftOut, _entries);
        return page is not null;
    }

    private void ReadPage()
    {
        BeginObject(_pageKeys);
        while (NextKey(_pageKeys, out string key))
        {
            switch (key)
            {
                case "name": _name = ReadText(); break;
                case "meta": ReadMeta(); break;
                case "files": ReadFiles(); break;
                case "project-status": ReadStatus(); break;
                default: _reader.Skip(); break;
            }
        }
    }

    private void ReadMeta()
    {
        var keys = new JsonKeys();
        BeginObject(keys);
        while (NextKey(keys, out string key))
        {
            if (key is "api-version") _apiVersion = ReadText();
            else if (key is "project-status") ReadStatus();     // where the standard's example has it, if not its text
            else _reader.Skip();
        }
    }

    private void ReadStatus()
    {
        if (_reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            _status = _reader.GetString() ?? _status;
            return;
        }
        BeginObject(_innerKeys);
        while (NextKey(_innerKeys, out string key))
        {
            if (key is "status") _status = ReadText();
            else if (key is "reason") _statusReason = ReadText();
            else _reader.Skip();
        }
    }

    private void ReadFiles()
    {
        if (_reader.TokenType != JsonTokenType.StartArray) throw new JsonException("its files are no list");
        _files = ImmutableArray.CreateBuilder<IndexFile>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_entries++ == ProjectPage.MaxFiles) throw new JsonException($"it has more than {ProjectPage.MaxFiles} files");
            if (TryReadFile(out IndexFile? file, out LeftOutEntry? leftOut)) Take(file);
            else _leftOut.Add(leftOut);
        }
    }

    private void Take(IndexFile file)
    {
        if ((_written += file.Url.OriginalString.Length) > ProjectPage.MaxWritten) throw new JsonException(ProjectPage.TooMuchWritten);
        _files!.Add(file);
    }

    private bool TryReadFile([NotNullWhen(true)] out IndexFile? file, [NotNullWhen(false)] out LeftOutEntry? leftOut)
    {
        (file, leftOut, _unreadable) = (null, null, null);
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            leftOut = LeftOutEntry.Of(null, LeftOutReason.NoEntry);
            return false;
        }
        BeginObject(_fileKeys);
        string? fileName = null, address = null, requiresPython = null, yanked = null;
        Uri? url = null;
        Sha256Digest? sha256 = null;
        long? size = null;
        DateTimeOffset? uploadTime = null;
        MetadataOffer? core = null, dataDistInfo = null, distInfo = null;
        while (NextKey(_fileKeys, out _fileKey))
        {
            switch (_fileKey)
            {
                case "filename": fileName = ReadText(); break;
                case "url":
                    url = IsPlainText && fileName is not null ? _directory.UrlOf(_reader.ValueSpan, fileName) : null;
                    if (url is null) address = ReadText();
                    break;
                case "hashes": sha256 = ReadHashes(); break;
                case "requires-python": requiresPython = ReadPython(); break;
                case "size": size = ReadSize(); break;
                case "upload-time": uploadTime = ReadTime(); break;
                case "yanked": yanked = ReadYanked(); break;
                case "core-metadata": core = ReadMetadataOffer(); break;
                case "data-dist-info-metadata": dataDistInfo = ReadMetadataOffer(); break;
                case "dist-info-metadata": distInfo = ReadMetadataOffer(); break;
                default: _reader.Skip(); break;
            }
        }
        if (_unreadable is not null) leftOut = LeftOutEntry.Of(fileName, LeftOutReason.Unreadable, _unreadable);
        else if (fileName is null) leftOut = LeftOutEntry.Of(null, LeftOutReason.NoFileName);
        else if (address is null && url is null) leftOut = LeftOutEntry.Of(fileName, LeftOutReason.NoAddress);
        if (leftOut is not null) return false;
        if (url is null)
        {
            if (!FileLink.TryResolve(location, address!, fileName!, out url, out leftOut)) return false;
            _directory.Learn(address!, fileName!, url);
        }

        var metadata = core ?? dataDistInfo ?? distInfo ?? default;     // PEP 714 put the names in this order
        if (requiresPython is "") requiresPython = null;
        file = new IndexFile(fileName!, url, sha256, size, uploadTime, requiresPython, yanked, metadata.IsMade, metadata.Sha256);
        return true;
    }

    // What stands there is what it says.
    private readonly bool IsPlainText => _reader.TokenType == JsonTokenType.String && !_reader.ValueIsEscaped;

    // One file after the other has the same.
    private string? ReadPython() =>
        _python is { } before && IsPlainText && _reader.ValueTextEquals(before) ? before : _python = ReadText();

    private string? ReadText()
    {
        if (_reader.TokenType is JsonTokenType.String or JsonTokenType.Null) return _reader.GetString();
        Refuse();
        return null;
    }

    private Sha256Digest? ReadHashes()
    {
        Sha256Digest? sha256 = null;
        if (_reader.TokenType != JsonTokenType.StartObject) Refuse();
        else
        {
            BeginObject(_innerKeys);
            while (NextKey(_innerKeys, out string algorithm))
            {
                if (algorithm is not "sha256") _reader.Skip();
                else if (IsPlainText ? Sha256Digest.TryParseHex(_reader.ValueSpan, out var digest)
                    : Sha256Digest.TryParseHex(ReadText(), out digest)) sha256 = digest;
                else _unreadable ??= _fileKey;
            }
        }
        return sha256;
    }

    private long? ReadSize()
    {
        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long size) && size >= 0) return size;
        if (_reader.TokenType != JsonTokenType.Null) Refuse();
        return null;
    }

    // PEP 700 wants UTC. Without any offset the reader would take the time for local, and a cooldown would depend on where one lives.
    private DateTimeOffset? ReadTime()
    {
        if (_reader.TokenType == JsonTokenType.String && HasOffset(_reader.ValueSpan) && _reader.TryGetDateTimeOffset(out var time))
            return time.ToUniversalTime();
        if (_reader.TokenType != JsonTokenType.Null) Refuse();
        return null;
    }

    private static bool HasOffset(ReadOnlySpan<byte> time) =>
        time.Contains((byte)'T') && (time[^1] == 'Z' || (time.Length > 6 && time[^6] is (byte)'+' or (byte)'-'));

    private string? ReadYanked()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.String: return _reader.GetString();
            case JsonTokenType.True: return "";
            case JsonTokenType.False or JsonTokenType.Null: return null;
            default:
                Refuse();
                return null;
        }
    }

    private MetadataOffer? ReadMetadataOffer()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject: return new MetadataOffer(true, ReadHashes());
            case JsonTokenType.True: return new MetadataOffer(true, null);
            case JsonTokenType.False: return default(MetadataOffer);
            case JsonTokenType.Null: return null;
            default:
                Refuse();
                return null;
        }
    }

    private void Refuse()
    {
        _unreadable ??= _fileKey;
        _reader.Skip();
    }

    private readonly void BeginObject(JsonKeys keys)
    {
        if (_reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a value that should be an object is none");
        keys.Begin();
    }

    /// <summary>Steps to the next key's value; false at the end of the object.</summary>
    private bool NextKey(JsonKeys keys, out string key)
    {
        _reader.Read();
        key = "";
        if (_reader.TokenType == JsonTokenType.EndObject) return false;
        key = keys.Take(ref _reader);
        _reader.Read();
        return true;
    }
}
