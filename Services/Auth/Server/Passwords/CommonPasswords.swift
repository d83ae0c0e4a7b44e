/// The passwords that everybody tries first, of at least eight characters and in small letters: what is most often in lists of leaked
/// ones, and common words with the endings that people give them when letters alone are refused.
enum CommonPasswords {
    static let all: Set<String> = words(whole).union(
        words(stems).flatMap { stem in words(endings).map { stem + $0 } }.filter { $0.unicodeScalars.count >= 8 })

    private static func words(_ text: String) -> Set<String> { Set(text.split { $0.isWhitespace }.map(String.init)) }

    private static let endings = """
        1 2 7 12 13 21 22 23 69 77 88 99 00 01 07 10 11 123 321 007 101 111 666 777 1234 4321 12345 123456 1234567 12345678 ! 2000 2010 2015
        2018 2019 2020 2021 2022 2023 2024 2025 2026
        """

    private static let stems = """
        password passw0rd qwerty abc abcd admin welcome letmein login master monkey dragon shadow sunshine princess football baseball
        soccer hockey basketball superman batman spiderman starwars pokemon naruto minecraft fortnite michael michelle jennifer jessica
        jordan joshua daniel david robert thomas william richard charles joseph andrew anthony matthew nicholas patrick steven brian kevin
        jason justin brandon austin tyler hunter hannah ashley amanda nicole sarah samantha emily olivia sophie sophia lauren rachel
        rebecca laura maria anna andrea carlos diego miguel antonio jose juan pedro luis pablo marco mario alex alexander martin peter
        george james john chris eric mark paul oliver max felix lucas leon thor loki maggie buster bailey bandit buddy charlie cooper
        daisy ginger lucky molly oreo pepper precious rocky sadie smokey sparky tigger tiger lion panther wolf eagle falcon bear cookie
        banana cherry orange apple peanut chocolate coffee cheese pumpkin flower rose lily angel heaven jesus faith hope love loveme
        lovely iloveyou forever freedom liberty money family friends summer winter spring autumn january february march april june july
        august september october november december monday friday sunday london paris berlin madrid toronto chicago boston dallas houston
        texas florida canada mexico brazil india america england germany france italy spain chelsea arsenal liverpool yankees lakers
        cowboys steelers ferrari porsche mustang corvette harley yamaha honda toyota mercedes computer internet google facebook windows
        samsung hello test user guest temp secret private killer ninja gamer player winner success fitness workout muscle power strong
        health yoga gymlife trainer member crossfit running training
        """

    private static let whole = """
        !q2w3e4r !qaz2wsx !qaz@wsx 00000000 000000000 0000000000 012345678 0123456789 0987654321 10203040 102030405060 11111111 111111111
        1111111111 11111112 11112222 111222333 11223344 1122334455 112233445566 12121212 123123123 1231231234 123123321 123321123 12341234
        12344321 1234512345 123454321 1234554321 12345612 123456123456 12345678 123456780 123456781 123456789 1234567890 1234567891
        123456789a 12345678a 12345679 1234567a 1234567q 123456aa 123456qwerty 12345qwert 12345qwerty 1234abcd 1234qwer 123698745 123789456
        123qwe123 123qweasd 123wsxedc 13579246 135792468 1357924680 147258369 147852369 14789632 147896325 159357456 159753456 159951159
        1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz!qaz 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 1qwertyuiop 1z2x3c4v 22222222 222222222
        2222222222 24681012 2468101214 258456789 2pac4life 321654987 33333333 333333333 3333333333 44444444 444444444 4444444444 456789123
        50cent123 55555555 555555555 5555555555 66666666 666666666 6666666666 69696969 6969696969 741852963 753951456 77777777 777777777
        7777777777 789456123 87654321 88888888 888888888 8888888888 951753852 963852741 987654321 9876543210 99999999 999999999 9999999999
        a1234567 a12345678 a123456789 a1a2a3a4 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 aa123456 aa12345678 aaaaaaaa aaaaaaaaaa aabbccdd abc123abc
        abcabcabc abcdefg1 abcdefg123 abcdefgh abcdefgh1 abcdefghi abcdefghij access123 access14 admin@1234 adminadmin administrator
        administrator1 airborne airplane alejandra alejandro alejandro1 alexander alexandra alexandra1 alexandre american american1
        anderson android1 angelina angels123 anything1 apollo13 aqswdefr asd123asd asdf1234 asdfasdf asdfghjk asdfghjkl asdfghjkl;
        asdfjkl; asdfqwer asdfzxcv assassin assassin1 asshole1 asshole123 australia australia1 avengers aviation azerty123 azertyui
        azertyuiop babyboy1 babyboy123 babygirl babygirl1 babygirl12 babygirl123 badboy123 badgirl1 barcelona barcelona1 bartsimpson
        baseball basketball bayern123 beatles1 beautiful beautiful1 beethoven believe1 benchpress benjamin benjamin1 bestfriend
        bestfriend1 bestfriends beyonce1 bieber123 bigboss1 bigdaddy bigdaddy1 bigdick1 bigtits1 birthday birthday1 bismillah bismillah1
        blackberry blackbird blackcat blackcat1 blackjack blackjack1 blacksheep blahblah blessed1 blessing blink182 blowjob1 blueberry
        bobmarley bobmarley1 bodybuilding boobies1 brasil123 brittany brittany1 broncos1 brother1 bubba123 bubblegum bubbles1 bubbles123
        budweiser bugsbunny bulldog1 bulldogs bulldogs1 bullshit bullshit1 business business1 butterfly butterfly1 butterfly123 butthead
        butthead1 california california1 callofduty camaro69 cameron1 cameron123 camping1 cannabis captain1 carolina carolina1 caroline
        caroline1 carpenter casanova cassandra catherine challenger champion champion1 champions changeit changeme changeme! changeme1
        changeme123 charger1 charlotte charlotte1 cheerleader chevelle chevrolet cheyenne children chocolate christ123 christian
        christian1 christina christine christmas christmas1 christopher christopher1 church123 cinderella cinderella1 cinnamon cinnamon1
        claudia1 cocacola cocacola1 cocksucker colombia colombia1 company1 company123 computer computers concrete contrasena contraseña
        cookies1 corona123 corvette counterstrike courtney courtney1 creation creative creative1 creature criminal cristiano cristina1
        crossfit crystal1 crystal123 cupcake1 cupcake123 cutiepie cutiepie1 daddy123 daddysgirl dancer123 dancing1 daniela1 danielle
        danielle1 darkangel darkknight darkness darkside darkstar darling1 darling123 darthvader deadlift deadpool1 december default1
        default123 destiny1 destiny123 deutschland diamond1 diamond123 diamonds dickhead dickhead1 discovery doctor123 dodgers1 doggie123
        dollar123 dolphin1 dolphin123 dolphins dolphins1 dominic1 dominique dontknow dortmund dragonball dragonball1 dragonballz dragonfly
        drowssap drummer1 drummer123 dumbledore eagles123 eclipse1 eduardo1 elephant elephant1 elizabeth elizabeth1 elvis123 emerald1
        eminem123 engineer engineer1 enterprise eternity everton1 everything excalibur facebook fairytale familyguy fantasia father123
        february fernando fernando1 firefire fireman1 fireman123 fishing1 fishing123 football foreverlove forgetit fortnite francesco
        francisco frederic friend123 friendship frodo123 fuckfuck fuckoff1 fuckthis fuckyou! fuckyou1 fuckyou123 fuckyou2 fussball
        futbol123 gabriel1 gabriel123 gabriela gabriella gabrielle galaxy123 gandalf1 gangsta1 gangster gangster1 garfield garfield1
        giovanni giuseppe gladiator godisgood godislove goldberg golden123 goldfish goldfish1 goodbye1 goodluck goodluck1 goodmorning
        googlegoogle gorgeous gorgeous1 grandma1 greenday gregory1 guestguest guillermo guitar123 guitarist gummybear gym12345 gymnastics
        hallelujah halloween halloween1 hamster1 hannahmontana happiness happiness1 happy123 happyday happyness hardcore hardcore1
        harleydavidson harrypotter harrypotter1 haslo123 hawaii808 heather1 heineken heineken1 helicopter hellohello hellokitty
        hellokitty1 helloworld helloworld1 hogwarts holiday1 homer123 honeybee hotstuff hottie123 hunting1 hurricane identity idontknow
        iforgot1 ilovegod1 iloveher ilovehim ilovejesus iloveme1 ilovemom ilovemum ilovemyself iloveu123 iloveyou iloveyou3 infinity
        infinity1 inshallah instagram instagram1 internet intruder iphone12 ironmaiden ironman1 isabella isabella1 isabelle jackdaniels
        jackson1 jackson5 jasmine1 jasmine123 jayjay123 jellybean jellybean1 jennifer jeremiah jessie123 jesuschrist jesusislord
        jesuslovesme johncena johncena1 johnjohn johnny123 jonasbrothers jonathan jonathan1 justinbieber juventus juventus1 kangaroo
        katherine katherine1 kawasaki kawasaki1 killerbee kimberly kimberly1 kisskiss kissme123 kitten123 kittycat kittycat1 kittykat
        knight123 knights1 kristina lacrosse lakers24 lamborghini laughing lawyer123 leagueoflegends ledzeppelin legalize420 legendofzelda
        leonardo leonardo1 letmeinnow letsgo123 letsplay lightning lightning1 lilwayne lilwayne1 linkedin linkedin1 linkinpark lionking
        liverpool lkjhgfdsa loginlogin lollipop lollipop1 lonewolf lorraine lovelove lover123 lovers123 loveyou1 loveyou2 mackenzie
        madeline madison1 madonna1 magic123 mamapapa manager1 manager123 manchester manchester1 manutd123 margaret margaret1 marianne
        marijuana marina123 marine123 marines1 marlboro marlboro1 marshall martinez maryjane masterkey matrix123 maverick maverick1
        maxwell1 melanie1 melissa1 melissa123 members1 mercedes mercury1 merlin123 messi123 metallica metallica1 michelle mickey123
        mickeymouse microsoft microsoft1 military million1 minecraft minniemouse miranda1 mnbvcxz1 mnbvcxzlkj mohamed1 mohammed mommy123
        moneyman moneymoney monica123 montreal moonbeam moonlight moonlight1 motdepasse motdepasse1 mother123 motherfucker motorola
        motorola1 mountain mountain1 mountaindew mozart123 muhammad musclecar music123 musiclover musicman myfamily myfamily1 mylove12
        mylove123 mypassword mypassword1 mypassword123 mysecret mysterio mystery1 napoleon natalie1 nathalie nathan123 nemo1234
        newpassword newpassword1 newyork1 newyork123 newyorkcity nicholas nickjonas nicolas1 nintendo nirvana1 nobody123 nokia123
        northside nothing1 nothing123 november ocean123 office123 oklahoma oldpassword onedirection p@ssw0rd p@ssw0rd! p@ssw0rd1
        p@ssw0rd12 p@ssw0rd123 p@ssw0rd123! p@ssword p@ssword! p@ssword1 p@ssword123 pa$$w0rd pa$$w0rd1 pa$$word pa$$word1 pa55w0rd
        pa55word packers1 pamela123 panthers panthers1 parola123 pass1234 pass12345 pass123456 pass1word pass@123 pass@1234 pass_word
        passme123 passpass passphrase passw0rd passw0rt passwd123 password password-1 password0 password123456789 password1a password2!
        password_1 passwordpassword passwords passwords1 passwort passwort1 passwort123 patricia patricia1 patriot1 patriots patriots1
        pavilion peaches1 peekaboo penguin1 penguin123 pepsi123 phoenix1 phoenix123 photography pictures pineapple pineapple1 pinkfloyd
        pinkfloyd1 pirate123 pirates1 platinum platinum1 playboy1 playboy123 playstation playstation1 playstation2 pocahontas poiuytre
        poiuytrewq police123 poohbear poohbear1 popcorn1 pornstar porsche911 portugal powerlifting praisegod precious president prettygirl
        princesa princesa1 princess puppy123 pussycat q1234567 q12345678 q1q1q1q1 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 q2w3e4r5 qawsedrf
        qazwsx123 qazwsxedc qqqqqqqq qqqqqqqqqq qwaszx12 qwe123qwe qweasd123 qweasdzxc qwer!234 qwer1234 qwerasdf qwerqwer qwert123
        qwert1234 qwert12345 qwerty!1 qwertyqwerty qwertyui qwertyuio qwertyuiop qwertz123 qwertzui qwertzuiop rafael123 raiders1 rainbow1
        rainbow123 rammstein ranger123 rapunzel rasputin realmadrid realmadrid1 redneck1 redrum123 redskins redsox123 reggae123 remember1
        republic rihanna1 roberto1 roblox123 rockandroll rocknroll rockstar rockstar1 rodriguez ronaldo123 ronaldo7 root1234 root@123
        rootroot sailboat sailing1 salasana salvador samantha samuel123 samurai1 sandman1 santiago santiago1 sapphire saturday scarlett
        schalke04 scooby123 scoobydoo scoobydoo1 scorpion scorpion1 scotland scotland1 sebastian sebastian1 sebastien secrets1 security
        security1 selena123 semperfi senha123 september serenity serenity1 sergio123 sexy1234 sexybitch sexyboy1 sexygirl sexylady
        sexysexy shakira1 shithead silver123 silverado simba123 simplest simpsons simpsons1 singapore sister123 skateboard skittles
        skittles1 skywalker skywalker1 slipknot slipknot1 slipknot666 smile123 smiley123 smileyface smokeweed snickers snickers1 snoopdog
        snoopy123 snowball1 snowboard snowboard1 snowflake softball softball1 soldier1 someone1 something something1 southpark spartan1
        spartan117 spartans speedway spiderman spitfire spongebob spongebob1 squirrel standard stanford starcraft starfish stargate
        starlight startrek startrek1 starwars steelers stephanie stephanie1 stephen1 stonecold strawberry strawberry1 strength1 student1
        student123 sunflower sunflower1 sunshine superman survivor suzuki123 sweetheart sweetheart1 sweetie1 swimming swordfish tarheels
        tatiana1 taylor13 taylorswift teacher1 teacher123 temporary temporary1 temppass tennis123 tequila1 terminator tester123 testing1
        testing123 testpass testtest thejonas theodore thepassword thunder1 thunder123 thursday tiffany1 tiffany123 tigers123 tinkerbell
        tinkerbell1 toortoor topsecret tornado1 treasure treasure1 triangle trinity1 tristan1 trombone truelove truelove1 trumpet1
        trustno1 trustno1! trustnoone tsunami1 tupac123 tweety123 twilight twilight1 twitter1 undertaker unicorn1 unicorn123 universe
        username username1 userpass vacation vacation1 valentin valentina valentina1 valentine valeria1 vancouver vanessa1 vanessa123
        veronica veronica1 victoria victoria1 victory1 viking123 vikings1 vincent1 virginia virginia1 vodka123 voldemort volleyball
        voyager1 w2e3r4t5 wachtwoord wachtwoord1 warcraft warcraft1 warrior1 warrior123 warriors warriors1 wasd1234 wasdwasd watermelon
        wednesday weed4200 weekend1 welcomeback welcomehome whatever whatever1 whatever123 whiskey1 wildcats wildcats1 windowsxp winnie123
        wizard123 wolfgang wolfpack wolverine woodland wordpass wrestling wrestling1 wrinkles wsxedc123 x1234567 xbox3600 xoxoxoxo
        xxxxxxxx xxxxxxxxxx yolanda1 yourmom1 yourpassword youtube1 ytrewq123 z1234567 z1x2c3v4 zachary1 zaq!2wsx zaq12wsx zaq1@wsx
        zaq1xsw2 zeppelin zxasqw12 zxc123zxc zxcvasdf zxcvbnm, zxcvbnm1 zxcvbnm123 zxcvbnmm zzzzzzzz zzzzzzzzzz
        """
}
