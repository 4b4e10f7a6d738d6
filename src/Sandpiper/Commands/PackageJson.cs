using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Commands;

/// <summary>One installed package as every command writes it.</summary>
internal static class PackageJson
{
    public static void Write(Utf8JsonWriter json, InstalledPackage package)
    {
        json.WriteStartObject();
        json.WriteString("name", package.Name.ToString());
        json.WriteString("version", package.Version.ToString());
        json.WriteString("wheel", package.WheelFileName);
        json.WriteString("sha256", package.Digest.Hex);
        json.WriteBoolean("requested", package.IsRequested);
        json.WriteStrings("required_by", package.RequiredBy.Select(n => n.ToString()));
        json.WriteString("index", package.Index);
        json.WriteStrings("omitted_hooks", package.OmittedHooks);
        json.WriteStrings("allowed_hooks", package.AllowedHooks);
        json.WriteEndObject();
    }
}
